// The sweep over what a project key reads and writes of records: traces, scores, prompts, datasets, media.
import { createHash } from "node:crypto";
import { eventually } from "./waiting.mjs";

const TRACE = "js-sweep-trace";
const GENERATION = "js-sweep-generation";
const SESSION = "js-sweep/session";
const PROMPT = "js-sweep/prompt";
const CHAT = "js-sweep chat";
const DATASET = "js-sweep/dataset";
const SINCE = new Date(Date.now() - 3_600_000).toISOString();
export const SUBJECT = { trace: TRACE, observation: GENERATION, session: SESSION };

const event = (type, body) => ({ id: `event-${type}-${body.id}`, timestamp: new Date().toISOString(), type, body });

function buildBatch() {
  const startTime = new Date(Date.now() - 1500).toISOString();
  const inTrace = { traceId: TRACE, startTime, endTime: new Date().toISOString() };
  const trace = { id: TRACE, name: "js-sweep", sessionId: SESSION, userId: "user", tags: ["a"], input: { q: 1 }, output: "o", metadata: { k: "v" } };
  const usage = { usageDetails: { input: 10, output: 5 }, model: "gpt-4o-mini", modelParameters: { temperature: 0.1 } };
  return [
    event("trace-create", trace),
    event("span-create", { id: "js-sweep-span", name: "span", ...inTrace, statusMessage: "fine" }),
    event("generation-create", { id: GENERATION, parentObservationId: "js-sweep-span", name: "generation", input: "i", ...usage, ...inTrace }),
    event("event-create", { id: "js-sweep-event", name: "event", traceId: TRACE, startTime, level: "WARNING" }),
    event("trace-create", { id: "js-sweep-trace-2", name: "bare" }),
    event("trace-create", { id: "js-sweep-trace-3" }),
  ];
}

async function playTraces(sweep) {
  const batch = buildBatch();
  const { successes, errors } = await sweep.call("ingestion.batch", { batch });
  sweep.expect([successes.length, errors], [batch.length, []]);
  await eventually(() => sweep.client.trace.get("js-sweep-trace-3"));
  await sweep.call("trace.get", TRACE);
  await sweep.call("trace.get", TRACE, { fields: "core" });
  await sweep.call("trace.list", {});
  await sweep.call("trace.list", { fields: "core", tags: ["a"] });
  await sweep.call("legacy.observationsV1.getMany", { traceId: TRACE });
  await sweep.call("legacy.observationsV1.get", GENERATION);
  await sweep.call("observations.getMany", { traceId: TRACE, fields: "core,basic,time,io,metadata,model,usage,prompt,metrics,trace_context" });
  await sweep.call("observations.getMany", { traceId: TRACE, limit: 1 });
}

async function playSessions(sweep) {
  await sweep.call("sessions.list", {});
  const session = await sweep.call("sessions.get", SESSION);
  sweep.expect(session.traces.map(({ id }) => id), [TRACE]);
}

async function playScoreConfigs(sweep) {
  const base = { description: "of the sweep" };
  const categories = [{ label: "no", value: 0 }, { label: "yes", value: 1 }];
  const numeric = await sweep.call("scoreConfigs.create", { name: "js-sweep numeric", dataType: "NUMERIC", minValue: 0, maxValue: 5, ...base });
  await sweep.call("scoreConfigs.create", { name: "js-sweep categorical", dataType: "CATEGORICAL", categories });
  await sweep.call("scoreConfigs.create", { name: "js-sweep boolean", dataType: "BOOLEAN" });
  await sweep.call("scoreConfigs.create", { name: "js-sweep text", dataType: "TEXT" });
  await sweep.call("scoreConfigs.get", {});
  await sweep.call("scoreConfigs.getById", numeric.id);
  const changed = await sweep.call("scoreConfigs.update", numeric.id, { maxValue: 10 });
  sweep.expect([changed.minValue, changed.maxValue, changed.description], [0, 10, "of the sweep"]);
  return numeric;
}

async function playScores(sweep, config) {
  const create = (body) => sweep.call("scores.create", { traceId: TRACE, ...body });
  await create({ id: "js-sweep-numeric", name: config.name, value: 3, configId: config.id, comment: "c", metadata: { m: 1 } });
  await create({ id: "js-sweep-boolean", name: "b", value: 1, dataType: "BOOLEAN", observationId: GENERATION });
  await create({ id: "js-sweep-categorical", name: "c", value: "word" });
  await create({ id: "js-sweep-text", name: "t", value: "text", dataType: "TEXT" });
  await create({ id: "js-sweep-correction", name: "x", value: "better", dataType: "CORRECTION" });
  await sweep.call("scores.create", { id: "js-sweep-session", sessionId: SESSION, name: "s", value: 1 });
  await sweep.call("legacy.scoreV1.create", { id: "js-sweep-deleted", traceId: TRACE, name: "d", value: 1 });
  await eventually(() => sweep.client.scores.getById("js-sweep-deleted"));
  await sweep.call("legacy.scoreV1.delete", "js-sweep-deleted");
  const { data } = await sweep.call("scores.getMany", { scoreIds: "js-sweep-numeric,js-sweep-boolean,js-sweep-categorical,js-sweep-text,js-sweep-correction,js-sweep-session" });
  sweep.expect(data.length, 6);
  for (const score of data) await sweep.call("scores.getById", score.id);
  await sweep.call("scoresV3.getManyV3", {});
  await sweep.call("scoresV3.getManyV3", { fields: "core,details,subject,annotation", traceId: TRACE });
  await sweep.call("trace.get", TRACE);
}

async function playPrompts(sweep) {
  const config = { temperature: 0 };
  await sweep.call("prompts.create", { type: "text", name: PROMPT, prompt: "Hello {{x}}", labels: ["production"], tags: ["a"], config, commitMessage: "m" });
  await sweep.call("prompts.create", { type: "text", name: PROMPT, prompt: "Hi" });
  const prompt = [{ type: "chatmessage", role: "user", content: `@@@langfusePrompt:name=${PROMPT}|label=production@@@` }, { type: "placeholder", name: "rest" }];
  await sweep.call("prompts.create", { type: "chat", name: CHAT, prompt, labels: ["production"] });
  await sweep.call("prompts.get", PROMPT);
  await sweep.call("prompts.get", PROMPT, { version: 2 });
  const chat = await sweep.call("prompts.get", CHAT, { label: "latest" });
  sweep.expect(chat.prompt[0].content, "Hello {{x}}");
  await sweep.call("prompts.get", CHAT, { resolve: false });
  await sweep.call("prompts.list", { tag: "a" });
  const updated = await sweep.call("promptVersion.update", PROMPT, 2, { newLabels: ["production"] });
  sweep.expect(updated.labels.toSorted(), ["latest", "production"]);
  await sweep.call("prompts.delete", CHAT);
}

async function playDatasets(sweep) {
  const inputSchema = { type: "object", properties: { q: { type: "integer" } } };
  const dataset = await sweep.call("datasets.create", { name: DATASET, description: "d", metadata: { k: 1 }, inputSchema });
  await sweep.call("datasets.create", { name: "js-sweep bare" });
  await sweep.call("datasets.list", {});
  await sweep.call("datasets.get", DATASET);
  const item = await sweep.call("datasetItems.create", { datasetName: DATASET, input: { q: 1 }, expectedOutput: [1], metadata: { k: 1 }, sourceTraceId: TRACE, sourceObservationId: GENERATION });
  const bare = await sweep.call("datasetItems.create", { datasetName: "js-sweep bare", id: "js-sweep/item" });
  await sweep.call("datasetItems.get", item.id);
  await sweep.call("datasetItems.get", bare.id);
  await sweep.call("datasetItems.list", { datasetName: DATASET });
  const link = { runName: "js-sweep/run", datasetItemId: item.id, traceId: TRACE };
  const { datasetRunId } = await sweep.call("datasetRunItems.create", { ...link, observationId: GENERATION, runDescription: "r", metadata: { k: 1 } });
  await sweep.call("datasetRunItems.create", { ...link, runName: "bare", datasetItemId: bare.id });
  await sweep.call("datasetRunItems.list", { datasetId: dataset.id, runName: "js-sweep/run" });
  await sweep.call("datasets.getRuns", DATASET, {});
  await sweep.call("datasets.getRun", DATASET, "js-sweep/run");
  await sweep.call("scores.create", { id: "js-sweep-run-score", datasetRunId, name: "run", value: 1 });
  await eventually(() => sweep.call("scores.getById", "js-sweep-run-score"));
  return { bare, datasetRunId };
}

async function playExperiments(sweep, { datasetRunId }) {
  const range = { fromStartTime: SINCE };
  await sweep.call("experiments.list", range);
  const { data } = await sweep.call("experiments.list", { ...range, id: datasetRunId, fields: "core,metadata,scores" });
  sweep.expect([data.length, data[0].scores.length], [1, 1]);
  await sweep.call("experiments.listItems", { ...range, experimentId: datasetRunId });
  await sweep.call("experiments.listItems", { ...range, fields: "core,dataset,io,metadata,itemMetadata,experimentMetadata,scores" });
}

async function playMedia(sweep) {
  const content = Buffer.from("media of the sweep");
  const sha256Hash = createHash("sha256").update(content).digest("base64");
  const body = { traceId: TRACE, field: "input", contentType: "text/plain", contentLength: content.length, sha256Hash };
  const { uploadUrl, mediaId } = await sweep.call("media.getUploadUrl", body);
  const headers = { "content-type": "text/plain", "x-amz-checksum-sha256": sha256Hash };
  const { status } = await fetch(uploadUrl, { method: "PUT", body: content, headers });
  sweep.expect(status, 200);
  await sweep.call("media.patch", mediaId, { uploadedAt: new Date().toISOString(), uploadHttpStatus: status, uploadTimeMs: 5 });
  await sweep.call("media.get", mediaId);
  const again = await sweep.call("media.getUploadUrl", { ...body, observationId: GENERATION });
  sweep.expect([again.mediaId, again.uploadUrl ?? null], [mediaId, null]);
}

async function playDeletion(sweep, { bare }) {
  await sweep.call("datasetItems.delete", bare.id);
  await sweep.call("datasets.deleteRun", DATASET, "js-sweep/run");
  await sweep.call("prompts.delete", PROMPT, { version: 1 });
  await sweep.call("trace.delete", "js-sweep-trace-2");
  await sweep.call("trace.deleteMultiple", { traceIds: ["js-sweep-trace-3"] });
}

/** All areas of records; the results of one are the subjects of another. */
export async function sweepRecords(sweep) {
  let config, made;
  await sweep.area("traces", playTraces);
  await sweep.area("sessions", playSessions);
  await sweep.area("score configs", async () => (config = await playScoreConfigs(sweep)));
  await sweep.area("scores", () => playScores(sweep, config));
  await sweep.area("prompts", playPrompts);
  await sweep.area("datasets", async () => (made = await playDatasets(sweep)));
  await sweep.area("experiments", () => playExperiments(sweep, made));
  await sweep.area("media", playMedia);
  await sweep.area("deletion", () => playDeletion(sweep, made));
}
