import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { api, call } from "./client";
import { ApiError, errorFrom } from "./errors";
import { serverUrl, setCsrf, setSignedOutHandler } from "./send";

const answers: Response[] = [];
const sent: Request[] = [];

beforeEach(() => {
  vi.stubGlobal("fetch", async (request: Request) => {
    sent.push(request);
    const next = answers.shift();
    if (!next) throw new TypeError("Failed to fetch");
    return next;
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  answers.length = 0;
  sent.length = 0;
  setCsrf("");
  setSignedOutHandler(() => {});
});

const reply = (status: number, body: unknown, headers: Record<string, string> = {}): number =>
  answers.push(new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers }));

const health = (signal?: AbortSignal) => api.get("/api/public/health", { signal });

async function failure(promise: Promise<unknown>): Promise<ApiError> {
  return promise.then(
    () => {
      throw new Error("it should have failed");
    },
    (error: unknown) => error as ApiError,
  );
}

describe("requests", () => {
  it("send the CSRF token with changes only, and say as which project", async () => {
    setCsrf("token");
    reply(200, { data: [] });
    reply(200, {});
    const page = await api.get("/api/public/traces", {
      project: "p1",
      query: { page: 2, tags: ["a", "b"], name: undefined },
    });
    expect(page).toEqual({ data: [] });
    await api.post("/api/ui/projects/{project_id}/{entity}/query", {
      path: { project_id: "p1", entity: "traces" },
      body: { limit: 5 },
    });
    expect(sent[0]!.url).toBe(`${location.origin}/api/public/traces?page=2&tags=a&tags=b`);
    expect(sent[0]!.headers.get("X-Spyglass-CSRF")).toBeNull();
    expect(sent[0]!.headers.get("X-Spyglass-Project")).toBe("p1");
    expect(sent[0]!.headers.get("Authorization")).toBeNull();
    expect(sent[0]!.headers.get("Content-Type")).toBeNull();
    expect(sent[1]!.url).toBe(`${location.origin}/api/ui/projects/p1/traces/query`);
    expect(sent[1]!.headers.get("X-Spyglass-CSRF")).toBe("token");
    expect(sent[1]!.headers.get("Content-Type")).toBe("application/json");
    expect(await sent[1]!.json()).toEqual({ limit: 5 });
  });
  it("say as which organization", async () => {
    reply(200, { apiKeys: [] });
    await api.get("/api/public/organizations/apiKeys", { organization: "o1" });
    expect(sent[0]!.headers.get("X-Spyglass-Organization")).toBe("o1");
    expect(sent[0]!.headers.get("X-Spyglass-Project")).toBeNull();
  });
  it("write each value of the path as one segment", async () => {
    reply(200, {});
    await api.get("/api/public/v2/prompts/{name}", { path: { name: "folder/a b?c{d}" } });
    expect(new URL(sent[0]!.url).pathname).toBe("/api/public/v2/prompts/folder%2Fa%20b%3Fc%7Bd%7D");
  });
  it("read an empty answer as nothing", async () => {
    answers.push(new Response(null, { status: 204 }));
    expect(await api.delete("/api/ui/account/sessions")).toBeUndefined();
  });
  it("give the raw answer of texts and files", async () => {
    answers.push(new Response("a text", { headers: { "X-Total-Length": "6" } }));
    const answer = await call("get", "/api/ui/projects/{project_id}/span/text", {
      path: { project_id: "p1" },
      query: { trace: "t", field: "input" },
    });
    expect([answer.headers.get("X-Total-Length"), await answer.text()]).toEqual(["6", "a text"]);
    expect(sent[0]!.method).toBe("GET");
  });
  it("make URLs for links", () => {
    expect(serverUrl("/api/x", { id: "a/b", n: 1, off: false })).toBe("/api/x?id=a%2Fb&n=1&off=false");
  });
});

describe("errors", () => {
  it("carry what the server said", async () => {
    reply(400, {
      message: "Bad name",
      code: "invalid",
      hint: "Use letters",
      requestId: "r1",
      fields: { name: "too long" },
    });
    expect(await failure(api.patch("/api/ui/account", { body: {} }))).toMatchObject({
      name: "ApiError",
      status: 400,
      message: "Bad name",
      code: "invalid",
      hint: "Use letters",
      requestId: "r1",
      fields: { name: "too long" },
      isPassing: false,
    });
  });
  it("make sense of answers that are not ours", async () => {
    reply(502, "<html>Bad gateway</html>");
    reply(429, "", { "Retry-After": "7" });
    reply(200, "<html>a login page of a proxy</html>");
    expect(await failure(health())).toMatchObject({
      status: 502,
      message: "The server does not answer.",
      isPassing: true,
    });
    expect(await failure(health())).toMatchObject({ status: 429, retryAfter: 7, isPassing: true });
    expect(await failure(health())).toMatchObject({ message: "The server's answer could not be read." });
  });
  it("tell that there is no answer at all", async () => {
    expect(await failure(health())).toMatchObject({ status: 0, isOffline: true, isPassing: true });
  });
  it("leave a cancelled call alone", async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await failure(health(stop.signal))).not.toBeInstanceOf(ApiError);
  });
  it("report the end of the session, but not a wrong password", async () => {
    const ended = vi.fn();
    setSignedOutHandler(ended);
    reply(401, { message: "Wrong e-mail address or password" });
    expect(
      (await failure(api.post("/api/ui/auth/sign-in", { body: { email: "a@b.c", password: "no" } }))).message,
    ).toBe("Wrong e-mail address or password");
    expect(ended).not.toHaveBeenCalled();
    reply(401, {});
    expect((await failure(api.get("/api/ui/boot"))).status).toBe(401);
    expect(ended).toHaveBeenCalledOnce();
  });
});

describe("what public routes say about a body", () => {
  it("becomes the message and the fields", () => {
    const issues = [
      { code: "custom", path: ["matchPattern"], message: "not RE2" },
      { code: "custom", path: ["prices", 0], message: "too much" },
    ];
    const error = errorFrom(400, JSON.stringify({ message: "Invalid request data", error: issues }));
    expect(error.message).toBe("matchPattern: not RE2; prices.0: too much");
    expect(error.fields).toEqual({ matchPattern: "not RE2", "prices.0": "too much" });
  });
  it("is left as it is where it names nothing", () => {
    const error = errorFrom(400, JSON.stringify({ message: "Bad", error: "InvalidRequestError" }));
    expect([error.message, error.code, error.fields]).toEqual(["Bad", "InvalidRequestError", undefined]);
  });
});

// Never called: the compiler checks that what is wrong is refused.
export async function mistakes(): Promise<void> {
  // @ts-expect-error no such route
  await api.get("/api/public/nothing");
  // @ts-expect-error not a method of this route
  await api.put("/api/public/traces", { body: {} });
  // @ts-expect-error the path has a name without a value
  await api.get("/api/public/traces/{trace_id}");
  // @ts-expect-error no such parameter
  await api.get("/api/public/traces", { query: { limt: 5 } });
  // @ts-expect-error the body lacks what it must have
  await api.post("/api/ui/auth/sign-in", { body: { email: "a@b.c" } });
  // @ts-expect-error this route takes no body
  await api.post("/api/ui/auth/sign-out", { body: {} });
  const trace = await api.get("/api/public/traces/{trace_id}", { path: { trace_id: "t" } });
  // @ts-expect-error the answer has no such field
  void trace.observation;
  const nothing: undefined = await api.delete("/api/ui/account/sessions");
  void nothing;
}
