// npm `langfuse` 3.x: the stateful client over the batch endpoint, whose envelopes may come out of order.
import { Langfuse } from "langfuse";
import { SCENARIO as S, SESSION_ID, noteTimes, noteTrace, pause, printReport, report, timeEdge } from "./recorder.mjs";

const langfuse = new Langfuse();

function keepScore(key, target, extra = {}) {
  const id = `${SESSION_ID}-${key}`;
  report.scores[key] = id;
  target.score({ id, ...S.scores[key], ...extra });
}

function sendChild(parent, key) {
  const { name, input, output, metadata } = S[key];
  const child = timeEdge(key, "start", () => parent.span({ name, input, metadata }));
  report.observations[key] = child.id;
  timeEdge(key, "end", () => child.end({ output }));
}

// A generation whose price the server has to find; everything is sent in one burst.
function sendAnswer(parent) {
  const { name, model, input, output, metadata, usage, model_parameters } = S.answer;
  const generation = timeEdge("answer", "start", () =>
    parent.generation({ name, model, modelParameters: model_parameters, input, metadata }),
  );
  report.observations.answer = generation.id;
  const completionStartTime = timeEdge("answer", "first_token", () => new Date());
  generation.update({ completionStartTime });
  timeEdge("answer", "end", () => generation.end({ output, usageDetails: usage }));
  keepScore("observation_numeric", generation);
  keepScore("observation_categorical", generation);
  keepScore("observation_boolean", generation, { dataType: "BOOLEAN" });
}

// A generation with its own usage, cost and times.
function sendDraft(parent) {
  const { name, model, input, output, usage, cost, model_parameters } = S.draft;
  const startTime = new Date("2026-03-01T12:30:00.250Z");
  const endTime = new Date("2026-03-01T12:30:01.751Z");
  const draft = parent.generation({ name, model, modelParameters: model_parameters, input, startTime });
  report.observations.draft = draft.id;
  draft.update({ output, usageDetails: usage, costDetails: cost, endTime });
  noteTimes("draft", "start", +startTime, +startTime);
  noteTimes("draft", "end", +endTime, +endTime);
}

function sendEvent(parent) {
  const { name, input, level, metadata, status_message } = S.event;
  const event = timeEdge("event", "start", () =>
    parent.event({ name, input, level, metadata, statusMessage: status_message }),
  );
  report.observations.event = event.id;
}

function sendBroken(parent) {
  const { name, input, status_message } = S.broken;
  const span = timeEdge("broken", "start", () => parent.span({ name, input }));
  report.observations.broken = span.id;
  timeEdge("broken", "end", () => span.end({ level: "ERROR", statusMessage: status_message }));
}

function sendTrace() {
  const { name, user, version, metadata, input, output } = S.trace;
  const earliestMs = Date.now();
  const trace = langfuse.trace({ name: "to be renamed", input, tags: ["compat"], public: true });
  noteTrace(earliestMs);
  const agent = timeEdge("agent", "start", () =>
    trace.span({ name: S.agent.name, input: S.agent.input, version: S.agent.version }),
  );
  report.observations.agent = agent.id;
  sendChild(agent, "retriever");
  sendChild(agent, "tool");
  sendAnswer(agent);
  sendDraft(agent);
  sendEvent(agent);
  sendBroken(agent);
  agent.update({ metadata: S.agent.metadata });
  timeEdge("agent", "end", () => agent.end({ output: S.agent.output }));
  keepScore("trace_numeric", trace);
  keepScore("trace_categorical", trace, { dataType: "CATEGORICAL" });
  keepScore("trace_boolean", trace, { dataType: "BOOLEAN" });
  return { trace, finish: { name, userId: user, sessionId: SESSION_ID, version, metadata, tags: ["beta"], output } };
}

const { trace, finish } = sendTrace();
await pause(20); // so that this update is stamped after the creation of the trace
trace.update(finish);
await langfuse.flushAsync();
printReport({ trace: trace.id });
await langfuse.shutdownAsync();
