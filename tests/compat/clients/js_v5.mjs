// `@langfuse/tracing`, `@langfuse/otel` and `@langfuse/client` 5.x: spans as OTLP/JSON, scores over the batch endpoint.
import { LangfuseClient } from "@langfuse/client";
import { LangfuseSpanProcessor } from "@langfuse/otel";
import {
  observe,
  propagateAttributes,
  setActiveTraceAsPublic,
  startActiveObservation,
  startObservation,
  updateActiveObservation,
} from "@langfuse/tracing";
import { NodeSDK } from "@opentelemetry/sdk-node";
import { SCENARIO as S, SESSION_ID, closeWindow, noteTimes, noteTrace, openWindow, pause, printReport, report, timeEdge } from "./recorder.mjs";

const processor = new LangfuseSpanProcessor();
const sdk = new NodeSDK({ spanProcessors: [processor] });
sdk.start();
const langfuse = new LangfuseClient();

function keepScore(key, target, extra = {}) {
  const id = `${SESSION_ID}-${key}`;
  report.scores[key] = id;
  langfuse.score.create({ id, ...S.scores[key], ...target, ...extra });
}

function sendChild(parent, key) {
  const { name, input, output, metadata } = S[key];
  const child = timeEdge(key, "start", () => parent.startObservation(name, { input, metadata }, { asType: key }));
  report.observations[key] = child.id;
  child.update({ output });
  timeEdge(key, "end", () => child.end());
}

// A generation that is active while the model works; the server has to find its price.
async function sendAnswer() {
  const { name, model, input, output, metadata, usage, model_parameters } = S.answer;
  openWindow("answer", "start");
  await startActiveObservation(
    name,
    async (generation) => {
      closeWindow("answer", "start");
      report.observations.answer = generation.id;
      generation.update({ model, modelParameters: model_parameters, input, metadata });
      await pause(3);
      const completionStartTime = timeEdge("answer", "first_token", () => new Date());
      updateActiveObservation({ output, usageDetails: usage, completionStartTime }, { asType: "generation" });
      const target = { traceId: generation.traceId, observationId: generation.id };
      keepScore("observation_numeric", target);
      keepScore("observation_categorical", target);
      keepScore("observation_boolean", target, { dataType: "BOOLEAN" });
      openWindow("answer", "end");
    },
    { asType: "generation" },
  );
  closeWindow("answer", "end");
}

// A generation with its own usage, cost and times.
function sendDraft(parent) {
  const { name, model, input, output, usage, cost, model_parameters } = S.draft;
  const startMs = report.times.agent.start[1] + 1;
  const draft = startObservation(
    name,
    { model, input, output, modelParameters: model_parameters, usageDetails: usage, costDetails: cost },
    { asType: "generation", startTime: new Date(startMs), parentSpanContext: parent.otelSpan.spanContext() },
  );
  report.observations.draft = draft.id;
  draft.end(new Date(startMs + 1501));
  noteTimes("draft", "start", startMs, startMs);
  noteTimes("draft", "end", startMs + 1501, startMs + 1501);
}

function sendEvent(parent) {
  const { name, input, level, metadata, status_message } = S.event;
  const event = timeEdge("event", "start", () =>
    parent.startObservation(name, { input, level, metadata, statusMessage: status_message }, { asType: "event" }),
  );
  report.observations.event = event.id;
}

function sendBroken(parent) {
  const { name, input, status_message } = S.broken;
  const tool = timeEdge("broken", "start", () => parent.startObservation(name, { input }, { asType: "tool" }));
  report.observations.broken = tool.id;
  tool.update({ level: "ERROR", statusMessage: status_message });
  timeEdge("broken", "end", () => tool.end());
}

async function sendAgent() {
  openWindow("agent", "start");
  await startActiveObservation(
    S.agent.name,
    async (agent) => {
      closeWindow("agent", "start");
      report.observations.agent = agent.id;
      agent.update({ input: "replaced by the update", version: S.agent.version });
      agent.update({ input: S.agent.input, metadata: S.agent.metadata });
      sendChild(agent, "retriever");
      sendChild(agent, "tool");
      await sendAnswer();
      sendDraft(agent);
      sendEvent(agent);
      sendBroken(agent);
      agent.update({ output: S.agent.output });
      openWindow("agent", "end");
    },
    { asType: "agent" },
  );
  closeWindow("agent", "end");
}

const startedMs = Date.now();
const sendTrace = () =>
  startActiveObservation("root of the trace", async (root) => {
    noteTrace(startedMs);
    report.observations.root = root.id;
    setActiveTraceAsPublic();
    const { name, user, version, tags, metadata, input, output } = S.trace;
    root.update({ input });
    const travelling = { traceName: name, userId: user, sessionId: SESSION_ID, version, tags };
    await propagateAttributes({ ...travelling, metadata: { plan: metadata.plan } }, sendAgent);
    root.update({ output, metadata });
    keepScore("trace_numeric", { traceId: root.traceId });
    keepScore("trace_categorical", { traceId: root.traceId }, { dataType: "CATEGORICAL" });
    keepScore("trace_boolean", { traceId: root.traceId }, { dataType: "BOOLEAN" });
    keepScore("session_numeric", { sessionId: SESSION_ID });
    return root.traceId;
  });

const fetchTopic = observe(
  async (topic) => {
    await pause(2);
    return { topic, hits: topic.length };
  },
  { name: "fetch" },
);

const complete = observe(
  async (prompt) => {
    updateActiveObservation({ model: "gpt-4o", usageDetails: { input: 1000, output: 50 } }, { asType: "generation" });
    return `completed: ${prompt}`;
  },
  { name: "complete", asType: "generation" },
);

const fail = observe(
  (reason) => {
    throw new Error(reason);
  },
  { name: "fail" },
);

const handle = observe(
  async (question, lang) => {
    await Promise.all([fetchTopic("a"), fetchTopic("bcd")]);
    try {
      fail("no luck");
    } catch {
      // the caller goes on without it
    }
    return { text: await complete(question), lang };
  },
  { name: "handle-request" },
);

const sendDecorated = () =>
  startActiveObservation("entry", async (entry) => {
    const travelling = { userId: "user-decorated", sessionId: SESSION_ID, tags: ["decorated"] };
    await propagateAttributes(travelling, () => handle("¿Qué tal? 🙂", "es"));
    return entry.traceId;
  });

const trace = await sendTrace();
const decorated = await sendDecorated();
await langfuse.flush();
await processor.forceFlush();
printReport({ trace, decorated });
await sdk.shutdown();
