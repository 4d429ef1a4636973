// Datasets through npm `langfuse` 3.x, which creates them on the legacy route, and `item.link` for runs.
import { Langfuse } from "langfuse";
import { CHANGE, DATASET, ITEMS, RUN, answer, describeDataset, describeItem } from "./datasets_scenario.mjs";

const langfuse = new Langfuse();
const report = { traces: {}, observations: {} };

report.created = await langfuse.createDataset(DATASET);
for (const body of ITEMS) await langfuse.createDatasetItem(body);
report.changed = describeItem(await langfuse.createDatasetItem(CHANGE));
report.read = describeItem(await langfuse.getDatasetItem(CHANGE.id));
const dataset = await langfuse.getDataset(DATASET.name, { fetchItemsPageSize: 2 });
report.dataset = describeDataset(dataset);

/** Runs one item; the first is linked by its generation, the others by their traces. */
async function runItem(item, index) {
  const { city } = item.input;
  const trace = langfuse.trace({ name: "run of an item", input: item.input });
  const generation = trace.generation({ name: "answer", model: "gpt-4o-mini", input: item.input });
  let output;
  try {
    output = answer(city);
    generation.end({ output });
  } catch (error) {
    generation.end({ level: "ERROR", statusMessage: error.message });
  }
  trace.update({ output });
  const linked = index === 0 ? generation : trace;
  await item.link(linked, "run one", { description: "by hand", metadata: { model: "m1" } });
  trace.score({ id: `${item.id}-exact`, name: "exact", value: Number(output === item.expectedOutput), comment: city });
  report.traces[item.id] = trace.id;
  if (index === 0) report.observations[item.id] = generation.id;
}

await Promise.all(dataset.items.map(runItem));
await dataset.items[0].link({ traceId: `${RUN}-elsewhere` }, "run/two");
await langfuse.flushAsync();
report.run = await langfuse.getDatasetRun({ datasetName: DATASET.name, runName: "run one" });
report.runs = (await langfuse.getDatasetRuns(DATASET.name, { limit: 10 })).data;
report.first = dataset.items[0].id;
console.log(JSON.stringify(report));
await langfuse.shutdownAsync();
