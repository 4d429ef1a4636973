// Talks to the server: same origin, session cookie, CSRF header on every change, one error class.
import { config } from "./config";
import { errorFrom, offlineError } from "./errors";

export type Query = Record<
  string,
  string | number | boolean | null | undefined | readonly (string | number)[]
>;

let csrf = "";
let onSignedOut: () => void = () => {};

/** Remembers the token of boot or sign-in. */
export function setCsrf(token: string): void {
  csrf = token;
}

/** Called when the server says that nobody is signed in, except by the sign-in routes themselves. */
export function setSignedOutHandler(handler: () => void): void {
  onSignedOut = handler;
}

const offlineListeners = new Set<() => void>();

/** Calls back whenever a request got no answer at all; gives what ends that. */
export function watchOffline(listener: () => void): () => void {
  offlineListeners.add(listener);
  return () => void offlineListeners.delete(listener);
}

/** A URL of the server, for links, downloads and event streams. */
export function serverUrl(path: string, query?: Query): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    for (const item of Array.isArray(value) ? (value as readonly string[]) : [value]) {
      if (item !== null && item !== undefined) search.append(name, String(item));
    }
  }
  const text = search.toString();
  return config.basePath + path + (text ? `?${text}` : "");
}

/** fetch with the session's headers; throws ApiError for everything that is not 2xx or 304. */
export async function send(request: Request): Promise<Response> {
  if (!["GET", "HEAD"].includes(request.method) && csrf) request.headers.set("X-Spyglass-CSRF", csrf);
  let response: Response;
  try {
    response = await fetch(request);
  } catch (error) {
    // A cancelled call is no failure; the caller knows that it cancelled.
    if (request.signal.aborted) throw error;
    offlineListeners.forEach((listener) => listener());
    throw offlineError(error);
  }
  if (response.ok || response.status === 304) return response;
  const text = await response.text().catch(() => "");
  if (response.status === 401 && !new URL(request.url).pathname.includes("/api/ui/auth/")) onSignedOut();
  throw errorFrom(response.status, text, response.headers);
}
