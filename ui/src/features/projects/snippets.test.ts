import { expect, test } from "vitest";
import { agentPrompt, basic, environmentOf, STACKS } from "./snippets";

const CONNECTION = { host: "https://llm.example/spy", publicKey: "pk-lf-1", secretKey: "sk-lf-2" };

test.each(STACKS.map(({ id, code }) => [id, code] as const))(
  "%s runs as it is: host and keys are in it",
  (id, code) => {
    const text = code(CONNECTION);
    expect(text).toContain("https://llm.example/spy");
    if (id === "otlp") expect(text).toContain(`Basic ${btoa("pk-lf-1:sk-lf-2")}`);
    else expect(text).toMatch(/pk-lf-1[\s\S]*sk-lf-2/);
  },
);

test("the command of curl sends a batch that shell and JSON can read, with ids of its own each time", () => {
  const curl = STACKS.find(({ id }) => id === "curl")!;
  const body = (): { batch: { id: string; type: string; body: { traceId?: string; id: string } }[] } => {
    const [, json = ""] = /-d '([^']+)'\n$/.exec(curl.code(CONNECTION)) ?? [];
    return JSON.parse(json) as ReturnType<typeof body>;
  };
  const [trace, generation] = body().batch;
  expect([trace!.type, generation!.type]).toEqual(["trace-create", "generation-create"]);
  expect(generation!.body.traceId).toBe(trace!.body.id);
  expect(body().batch[0]!.id).not.toBe(trace!.id);
});

test("the .env block has the name that older and newer SDKs read", () => {
  expect(environmentOf(CONNECTION).split("\n")).toEqual([
    'LANGFUSE_PUBLIC_KEY="pk-lf-1"',
    'LANGFUSE_SECRET_KEY="sk-lf-2"',
    'LANGFUSE_HOST="https://llm.example/spy"',
    'LANGFUSE_BASE_URL="https://llm.example/spy"',
  ]);
});

test("what is given to a coding agent holds no secret", () => {
  expect(agentPrompt(CONNECTION)).not.toContain("sk-lf-2");
  expect(agentPrompt(CONNECTION)).not.toContain(basic(CONNECTION));
});
