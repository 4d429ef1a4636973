// The one way to call the server. TypeScript checks path, parameters, body and answer of every call against openapi.json;
// nothing of that is left at run time.
import { ApiError } from "./errors";
import type { Answer, Circumstances, Method, PathOf, Rest } from "./operations";
import { type Query, send, serverUrl } from "./send";

interface Given extends Circumstances {
  path?: Record<string, string | number>;
  query?: Query;
  body?: unknown;
}

/** The path with the values of its names, each as one segment. */
function filled(path: string, values: Record<string, string | number> = {}): string {
  return path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));
}

function request(method: string, path: string, given: Given = {}): Promise<Response> {
  const { project, organization, body } = given;
  const headers = new Headers({
    Accept: "application/json",
    ...(project ? { "X-Spyglass-Project": project } : {}),
    ...(organization ? { "X-Spyglass-Organization": organization } : {}),
    ...given.headers,
  });
  if (body !== undefined) headers.set("Content-Type", "application/json");
  return send(
    new Request(new URL(serverUrl(filled(path, given.path), given.query), location.origin), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: given.signal,
      credentials: "same-origin",
    }),
  );
}

/** The raw answer, for texts and files. Throws ApiError. */
export function call<M extends Method, P extends PathOf<M>>(
  method: M,
  path: P,
  ...[options]: Rest<M, P>
): Promise<Response> {
  return request(method.toUpperCase(), path, options as Given | undefined);
}

async function json<T>(method: string, path: string, given?: Given): Promise<T> {
  const response = await request(method, path, given);
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

const verb =
  <M extends Method>(method: M) =>
  <P extends PathOf<M>>(path: P, ...[options]: Rest<M, P>): Promise<Answer<M, P>> =>
    json(method.toUpperCase(), path, options as Given | undefined);

/** For example api.get("/api/ui/projects/{project_id}/fields", { path: { project_id: id }, signal }). Throws ApiError. */
export const api = {
  get: verb("get"),
  post: verb("post"),
  put: verb("put"),
  patch: verb("patch"),
  delete: verb("delete"),
};
