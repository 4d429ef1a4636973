// Scores and sessions through `@langfuse/client` 4.x and 5.x: the score manager, and the generated API.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import * as tracing from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { CONFIGS, REPLACED, SCORES_OF_OBSERVATION, SESSION_ID, idOf, scoresOfTrace } from "./scores_scenario.mjs";
import { eventually } from "./waiting.mjs";

const processor = new LangfuseSpanProcessor();
const sdk = new NodeSDK({ spanProcessors: [processor] });
sdk.start();
const langfuse = new LangfuseClient();
// The generated API of 5.x has other names for these than that of 4.x.
const { score: writer = langfuse.api.legacy?.scoreV1, scoreV2: reader = langfuse.api.scores } = langfuse.api;

const configs = {};
for (const [key, body] of Object.entries(CONFIGS)) configs[key] = await langfuse.api.scoreConfigs.create(body);
const report = { configs: { grade: configs.grade.id, points: configs.points.id } };

await tracing.propagateAttributes({ sessionId: SESSION_ID, userId: "scorer" }, () =>
  tracing.startActiveObservation("scored", async (root) => {
    report.trace = root.traceId;
    const [[firstKey, first], ...others] = Object.entries(scoresOfTrace(configs));
    langfuse.score.trace(root, { id: idOf(firstKey), ...first });
    for (const [key, body] of others) langfuse.score.activeTrace({ id: idOf(key), ...body });
    tracing.startActiveObservation("scored generation", (generation) => {
      report.observation = generation.id;
      const { onObservation, onActive } = SCORES_OF_OBSERVATION;
      langfuse.score.observation(generation, { id: idOf("onObservation"), ...onObservation });
      langfuse.score.activeObservation({ id: idOf("onActive"), ...onActive });
    }, { asType: "generation" });
  }),
);
langfuse.score.create({ id: idOf("onSession"), sessionId: SESSION_ID, name: "session", value: 3 });
for (const body of REPLACED) {
  langfuse.score.create({ id: idOf("replaced"), traceId: report.trace, ...body });
  await langfuse.flush();
}
await processor.forceFlush();

await writer.create({ id: idOf("deleted"), traceId: report.trace, name: "deleted", value: 1 });
await eventually(() => reader.getById(idOf("deleted")));
await writer.delete(idOf("deleted"));

const session = await eventually(() => langfuse.api.sessions.get(SESSION_ID));
const { data } = await langfuse.api.sessions.list({ limit: 100 });
report.session = { traces: session.traces.map((each) => each.id), listed: data.filter(({ id }) => id === SESSION_ID) };
console.log(JSON.stringify(report));
await sdk.shutdown();
