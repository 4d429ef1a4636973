// What a JavaScript client program notes while it sends; the counterpart of recorder.py.
import { readFileSync } from "node:fs";

export const SCENARIO = JSON.parse(readFileSync(new URL("./scenario.json", import.meta.url), "utf8"));
export const SESSION_ID = `session-${process.env.COMPAT_RUN}`;

export const report = { session: SESSION_ID, observations: {}, times: {}, scores: {} };

export function noteTimes(key, edge, earliestMs, latestMs) {
  report.times[key] = { ...report.times[key], [edge]: [earliestMs, latestMs] };
}

export function openWindow(key, edge) {
  noteTimes(key, edge, Date.now(), 0);
}

export function closeWindow(key, edge) {
  report.times[key][edge][1] = Date.now();
}

/** Keeps the window in which the trace began: from then to now. */
export function noteTrace(earliestMs) {
  report.trace_window = [earliestMs, Date.now()];
}

/** Runs `take` and keeps the window in which it took a time. */
export function timeEdge(key, edge, take) {
  openWindow(key, edge);
  const result = take();
  closeWindow(key, edge);
  return result;
}

export function printReport(more) {
  console.log(JSON.stringify({ ...report, ...more, flushed_ms: Date.now() }));
}

export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
