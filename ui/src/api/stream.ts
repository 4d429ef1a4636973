// Opens an event stream. It knows neither the page nor its session, so that a worker can load it.

/** The answer, whatever its status; rejects when there is none or `signal` ends it. */
export function openStream(url: string, lastId: string, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (lastId !== "") headers["Last-Event-ID"] = lastId;
  return fetch(url, { headers, signal, cache: "no-store", credentials: "same-origin" });
}
