// Talks to the server: same origin, session cookie, CSRF header on every change, one error class.
// `api` calls by path; `client` of typed.ts knows openapi.json. Both end in `send`.
import { config } from "./config";
import { ApiError, errorFrom, offlineError } from "./errors";

export { ApiError } from "./errors";

type Query = Record<string, string | number | boolean | null | undefined | readonly (string | number)[]>;

export interface CallOptions {
  query?: Query;
  /** Calls a public route as this project (its id). Not needed for /api/ui/projects/{projectId}/… */
  project?: string;
  /** Calls a public organization route as this organization. */
  organization?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

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

/** Headers that say as whom a public route is called. */
export function actingAs(project?: string, organization?: string): Record<string, string> {
  return {
    ...(project ? { "X-Spyglass-Project": project } : {}),
    ...(organization ? { "X-Spyglass-Organization": organization } : {}),
  };
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

/** The raw answer, for streams and files. */
export function call(
  method: string,
  path: string,
  body?: unknown,
  options: CallOptions = {},
): Promise<Response> {
  const headers = new Headers({
    Accept: "application/json",
    ...actingAs(options.project, options.organization),
    ...options.headers,
  });
  const isRaw = body instanceof FormData || body instanceof Blob || typeof body === "string";
  if (body !== undefined && !isRaw) headers.set("Content-Type", "application/json");
  return send(
    new Request(new URL(serverUrl(path, options.query), location.origin), {
      method,
      headers,
      body: body === undefined ? undefined : isRaw ? (body as BodyInit) : JSON.stringify(body),
      signal: options.signal,
      credentials: "same-origin",
    }),
  );
}

async function json<T>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<T> {
  const response = await call(method, path, body, options);
  const text = await response.text();
  if (text === "") return undefined as T;
  try {
    return JSON.parse(text) as T;
  } catch {
    throw new ApiError({
      status: response.status,
      message: "The server's answer could not be read.",
      requestId: response.headers.get("X-Request-Id") ?? undefined,
    });
  }
}

/** Calls by path, for example api.get<Field[]>(`/api/ui/projects/${id}/fields`). Throws ApiError. */
export const api = {
  get: <T>(path: string, options?: CallOptions) => json<T>("GET", path, undefined, options),
  post: <T>(path: string, body?: unknown, options?: CallOptions) => json<T>("POST", path, body, options),
  put: <T>(path: string, body?: unknown, options?: CallOptions) => json<T>("PUT", path, body, options),
  patch: <T>(path: string, body?: unknown, options?: CallOptions) => json<T>("PATCH", path, body, options),
  delete: <T = void>(path: string, options?: CallOptions & { body?: unknown }) =>
    json<T>("DELETE", path, options?.body, options),
};
