// Scores and sessions through npm `langfuse` 3.x, and scores of the browser client, which has a public key alone.
import { Langfuse, LangfuseWeb } from "langfuse";
import { CONFIGS, REPLACED, SCORES_OF_OBSERVATION, SESSION_ID, idOf, scoresOfTrace } from "./scores_scenario.mjs";
import { eventually } from "./waiting.mjs";

const langfuse = new Langfuse();
const configs = {};
for (const [key, body] of Object.entries(CONFIGS)) configs[key] = await langfuse.api.scoreConfigsCreate(body);

const trace = langfuse.trace({ name: "scored", sessionId: SESSION_ID, userId: "scorer" });
const generation = trace.generation({ name: "scored generation" });
generation.end();
for (const [key, body] of Object.entries(scoresOfTrace(configs))) trace.score({ id: idOf(key), ...body });
const { onObservation, onActive } = SCORES_OF_OBSERVATION;
generation.score({ id: idOf("onObservation"), ...onObservation });
langfuse.score({ id: idOf("onActive"), traceId: trace.id, observationId: generation.id, ...onActive });
langfuse.score({ id: idOf("onSession"), sessionId: SESSION_ID, name: "session", value: 3 });
for (const body of REPLACED) {
  langfuse.score({ id: idOf("replaced"), traceId: trace.id, ...body });
  await langfuse.flushAsync();
}

const browser = new LangfuseWeb({ publicKey: process.env.LANGFUSE_PUBLIC_KEY, baseUrl: process.env.LANGFUSE_BASEURL });
await browser.score({ id: idOf("browser"), traceId: trace.id, name: "user-feedback", value: 1, comment: "from a page" });
const unknown = new LangfuseWeb({ publicKey: "pk-lf-unknown", baseUrl: process.env.LANGFUSE_BASEURL });
await unknown.score({ id: idOf("unknown"), traceId: trace.id, name: "user-feedback", value: 1 });

const deleted = idOf("deleted");
await langfuse.api.scoreCreate({ id: deleted, traceId: trace.id, name: "deleted", value: 1 });
await eventually(() => langfuse.api.scoreV2GetById(deleted));
await langfuse.api.scoreDelete(deleted);

const session = await eventually(() => langfuse.api.sessionsGet(SESSION_ID));
const { data } = await langfuse.fetchSessions({ limit: 100 });
console.log(
  JSON.stringify({
    trace: trace.id,
    observation: generation.id,
    configs: { grade: configs.grade.id, points: configs.points.id },
    session: { traces: session.traces.map((each) => each.id), listed: data.filter(({ id }) => id === SESSION_ID) },
  }),
);
await langfuse.shutdownAsync();
