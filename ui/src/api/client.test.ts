import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { actingAs, api, ApiError, serverUrl, setCsrf, setSignedOutHandler } from "./client";
import { errorFrom } from "./errors";
import { client } from "./typed";

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
    reply(200, { a: 1 });
    reply(200, {});
    expect(
      await api.get("/api/public/traces", {
        project: "p1",
        query: { page: 2, tags: ["a", "b"], none: undefined },
      }),
    ).toEqual({ a: 1 });
    await api.post("/api/ui/projects/p1/traces/query", { limit: 5 });
    expect(sent[0]!.url).toBe(`${location.origin}/api/public/traces?page=2&tags=a&tags=b`);
    expect(sent[0]!.headers.get("X-Spyglass-CSRF")).toBeNull();
    expect(sent[0]!.headers.get("X-Spyglass-Project")).toBe("p1");
    expect(sent[0]!.headers.get("Authorization")).toBeNull();
    expect(sent[1]!.headers.get("X-Spyglass-CSRF")).toBe("token");
    expect(sent[1]!.headers.get("Content-Type")).toBe("application/json");
    expect(await sent[1]!.json()).toEqual({ limit: 5 });
  });
  it("read an empty answer as nothing", async () => {
    answers.push(new Response(null, { status: 204 }));
    expect(await api.delete("/api/ui/account/sessions")).toBeUndefined();
  });
  it("go the same way through the typed client", async () => {
    setCsrf("token");
    reply(404, { message: "Trace not found", error: "LangfuseNotFoundError" });
    const error = await failure(
      client.GET("/api/public/traces/{trace_id}", {
        params: { path: { trace_id: "t" } },
        headers: actingAs("p1"),
      }),
    );
    expect(error).toMatchObject({ status: 404, message: "Trace not found" });
    expect(sent[0]!.headers.get("X-Spyglass-Project")).toBe("p1");
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
    expect(await failure(api.patch("/x", {}))).toMatchObject({
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
    expect(await failure(api.get("/x"))).toMatchObject({
      status: 502,
      message: "The server does not answer.",
      isPassing: true,
    });
    expect(await failure(api.get("/x"))).toMatchObject({ status: 429, retryAfter: 7, isPassing: true });
    expect(await failure(api.get("/x"))).toMatchObject({ message: "The server's answer could not be read." });
  });
  it("tell that there is no answer at all", async () => {
    expect(await failure(api.get("/x"))).toMatchObject({ status: 0, isOffline: true, isPassing: true });
  });
  it("leave a cancelled call alone", async () => {
    const stop = new AbortController();
    stop.abort();
    expect(await failure(api.get("/x", { signal: stop.signal }))).not.toBeInstanceOf(ApiError);
  });
  it("report the end of the session, but not a wrong password", async () => {
    const ended = vi.fn();
    setSignedOutHandler(ended);
    reply(401, { message: "Wrong e-mail address or password" });
    expect((await failure(api.post("/api/ui/auth/sign-in", {}))).message).toBe(
      "Wrong e-mail address or password",
    );
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
