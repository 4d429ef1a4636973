// Server-sent events over fetch: unlike EventSource it shows the status (401 ends it) and sends Last-Event-ID when
// the topics change and a new request begins.

import { openStream } from "@/api/stream";

export type ServerEvent = { id: string; event: string; data: string };

/** Feeds pieces of the stream; calls back for each whole event and for each sign of life. */
export function eventParser(onEvent: (event: ServerEvent) => void): (chunk: string) => void {
  let rest = "";
  let id = "";
  let event = "";
  let data: string[] = [];
  const line = (text: string): void => {
    if (text === "") {
      if (data.length > 0) onEvent({ id, event: event || "message", data: data.join("\n") });
      event = "";
      data = [];
      return;
    }
    const colon = text.indexOf(":");
    if (colon === 0) return;
    const name = colon < 0 ? text : text.slice(0, colon);
    const value = colon < 0 ? "" : text.slice(colon + 1).replace(/^ /, "");
    if (name === "data") data.push(value);
    else if (name === "event") event = value;
    else if (name === "id") id = value;
  };
  return (chunk) => {
    const lines = (rest + chunk).split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? "";
    lines.forEach(line);
  };
}

export type StreamEnd = { status: number };

/** Reads until the server or `signal` ends the stream. `status` 0 means that the server was not reached. */
export async function readStream(
  url: string,
  lastId: string,
  signal: AbortSignal,
  on: { open: () => void; alive: () => void; event: (event: ServerEvent) => void },
): Promise<StreamEnd> {
  try {
    const response = await openStream(url, lastId, signal);
    if (!response.ok || !response.body) return { status: response.status };
    on.open();
    const feed = eventParser(on.event);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { status: 200 };
      on.alive();
      feed(value);
    }
  } catch {
    // Broken connections and aborts end the same way: the caller decides whether to come back.
    return { status: 0 };
  }
}
