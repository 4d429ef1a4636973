// Live updates for pages: useLive(project, topics, onMessage). One stream per browser through a SharedWorker; where
// the browser has none, a poll every 5 s.
import { useEffect, useRef, useSyncExternalStore } from "react";
import { config } from "@/api";
import type { FromTab, LiveState, ToTab } from "./live-hub";

export type LiveMessage =
  | { type: "event"; topic: string; changes: unknown; more: number }
  /** Something may have been missed: read again. */
  | { type: "reset" };
export type LiveStatus = LiveState | "polling" | "paused";
type Listener = { project: string; topics: readonly string[]; onMessage: (message: LiveMessage) => void };

const POLL_MS = 5000;
const HIDDEN_MS = 60_000;
const listeners = new Set<Listener>();
const statusListeners = new Set<() => void>();
let status: LiveStatus = "paused";
let port: MessagePort | null | undefined;
let isPaused = false;

function setStatus(next: LiveStatus): void {
  if (next === status) return;
  status = next;
  for (const listener of statusListeners) listener();
}

function receive(message: ToTab): void {
  if (message.type === "state") return setStatus(message.state);
  for (const listener of listeners) {
    if (listener.project !== message.project) continue;
    if (message.type === "reset") listener.onMessage({ type: "reset" });
    else if (listener.topics.includes(message.topic)) {
      const { topic, changes, more } = message;
      listener.onMessage({ type: "event", topic, changes, more });
    }
  }
}

function resetAll(): void {
  for (const listener of listeners) listener.onMessage({ type: "reset" });
}

/** Opens the way to the worker once; null where there is none. */
function connect(): MessagePort | null {
  if (port !== undefined) return port;
  try {
    const worker = new SharedWorker(new URL("./live-worker.ts", import.meta.url), {
      type: "module",
      name: "spyglass-live",
    });
    worker.onerror = poll;
    port = worker.port;
    port.onmessage = (event: MessageEvent<ToTab>) => receive(event.data);
    setInterval(() => send({ type: "alive" }), 20_000);
    addEventListener("pagehide", () => send({ type: "bye" }));
    addEventListener("pageshow", publish);
    watchVisibility();
  } catch {
    poll();
  }
  return port ?? null;
}

function poll(): void {
  if (port === null) return;
  port = null;
  setInterval(() => {
    if (!document.hidden && listeners.size > 0) resetAll();
  }, POLL_MS);
  publish();
}

/** A hidden tab lets go after a minute and catches up when it is seen again. */
function watchVisibility(): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (document.hidden) {
      timer = setTimeout(() => {
        isPaused = true;
        publish();
      }, HIDDEN_MS);
    } else if (isPaused) {
      isPaused = false;
      publish();
      resetAll();
    }
  });
}

function send(message: FromTab): void {
  port?.postMessage(message);
}

const published = new Map<string, string>();

/** Tells the worker which topics this tab wants now. */
function publish(): void {
  const wanted = new Map<string, Set<string>>();
  if (!isPaused)
    for (const { project, topics } of listeners) {
      const known = wanted.get(project) ?? new Set<string>();
      topics.forEach((topic) => known.add(topic));
      wanted.set(project, known);
    }
  if (wanted.size === 0) setStatus("paused");
  else if (port === null) setStatus("polling");
  else if (status === "paused") setStatus("connecting");
  for (const project of new Set([...published.keys(), ...wanted.keys()])) {
    const topics = [...(wanted.get(project) ?? [])].sort();
    published.set(project, topics.join(","));
    if (topics.length === 0) published.delete(project);
    send({ type: "topics", base: `${location.origin}${config.basePath}/`, project, topics });
  }
}

export function subscribe(listener: Listener): () => void {
  connect();
  listeners.add(listener);
  publish();
  return () => {
    listeners.delete(listener);
    publish();
  };
}

/** Calls `onMessage` for events of these topics while mounted and `isOn`. Topics: "traces", "trace:<id>", "jobs", ... */
export function useLive(
  project: string,
  topics: readonly string[],
  onMessage: (message: LiveMessage) => void,
  isOn = true,
): void {
  const latest = useRef(onMessage);
  useEffect(() => {
    latest.current = onMessage;
  });
  const key = topics.join("\n");
  useEffect(() => {
    if (!isOn || key === "") return undefined;
    return subscribe({ project, topics: key.split("\n"), onMessage: (message) => latest.current(message) });
  }, [project, key, isOn]);
}

export function useLiveStatus(): LiveStatus {
  return useSyncExternalStore(
    (listener) => {
      statusListeners.add(listener);
      return () => statusListeners.delete(listener);
    },
    () => status,
    () => status,
  );
}
