// Datasets, `item.link` and experiments through `@langfuse/client` 4.x and 5.x.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import { startObservation } from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { CHANGE, DATASET, ITEMS, RUN, answer, describeDataset, describeItem } from "./datasets_scenario.mjs";

const processor = new LangfuseSpanProcessor();
const sdk = new NodeSDK({ spanProcessors: [processor] });
sdk.start();
const langfuse = new LangfuseClient();
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const report = {};

// 5.x has a method for items of its own, which also uploads their files.
const createItem = (body) => (langfuse.dataset.createItem ? langfuse.dataset.createItem(body) : langfuse.api.datasetItems.create(body));

report.created = await langfuse.api.datasets.create(DATASET);
for (const body of ITEMS) await createItem(body);
await pause(20);
report.moment = new Date().toISOString(); // between the creation and the change of an item
await pause(20);
report.changed = describeItem(await createItem(CHANGE));
report.read = describeItem(await langfuse.api.datasetItems.get(CHANGE.id));
const dataset = await langfuse.dataset.get(DATASET.name, { fetchItemsPageSize: 2 });
report.dataset = describeDataset(dataset);

async function linkByHand() {
  const span = startObservation("linked by hand", { input: "x" });
  span.end();
  const item = dataset.items[0];
  const linked = await item.link(span, "run/two", { description: "by hand", metadata: { model: "m1" } });
  return { item: item.id, trace: span.traceId, span: span.id, linked };
}

const task = async ({ input }) => {
  startObservation("answer", { model: "gpt-4o-mini", input }, { asType: "generation" }).end();
  return answer(input.city);
};
const exact = async ({ output, expectedOutput }) => ({ name: "exact", value: Number(output === expectedOutput), comment: "letter by letter" });
const more = async ({ output }) => [
  { name: "length", value: output.length },
  { name: "case", value: output === output.toUpperCase() ? "upper" : "mixed", dataType: "CATEGORICAL" },
];
const average = async ({ itemResults }) => {
  const values = itemResults.map(({ evaluations }) => evaluations.find(({ name }) => name === "exact").value);
  return { name: "average", value: values.reduce((sum, value) => sum + value, 0) / values.length };
};

const describeRun = ({ experimentId, runName, datasetRunId, datasetRunUrl, itemResults, runEvaluations }) => ({
  experimentId: experimentId ?? null, // 4.x does not tell
  runName,
  datasetRunId,
  datasetRunUrl,
  items: itemResults.map(({ item, output, traceId, evaluations }) => [item.id ?? null, output, traceId, evaluations.length]),
  runEvaluations,
});

const experiment = {
  name: "capitals",
  runName: `${RUN} experiment`,
  description: "all of them",
  metadata: { model: "m1" },
  task,
  evaluators: [exact, more],
  runEvaluators: [average],
  maxConcurrency: 2,
};
const local = { ...experiment, name: "local", runName: `${RUN} local`, data: [{ input: { city: "Bern" }, expectedOutput: "CH", metadata: { n: 1 } }] };

report.byHand = await linkByHand();
const result = await dataset.runExperiment(experiment);
report.experiment = describeRun(result);
report.text = await result.format({ includeItemResults: true });
const former = await langfuse.dataset.get(DATASET.name, { version: report.moment });
report.former = describeDataset(former);
report.formerRun = describeRun(await former.runExperiment({ ...experiment, runName: `${RUN} of then` }));
report.local = describeRun(await langfuse.experiment.run(local));
await processor.forceFlush();
await langfuse.flush();
report.runs = (await langfuse.api.datasets.getRuns(DATASET.name, { limit: 10 })).data;
report.run = await langfuse.api.datasets.getRun(DATASET.name, experiment.runName);
console.log(JSON.stringify(report));
await sdk.shutdown();
