// The corpus: payloads in the real formats of providers and frameworks, each with its normal form. And what must
// hold for every payload: nothing is lost, nothing throws.
import { readdirSync, readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { NumberText, parseJson, printJson } from "@/kit/json-view/lossless";
import { splitReferences } from "@/kit/media/reference";
import { normalize } from "./normalize";
import { decode, isRecord } from "./read/fields";
import type { Fields, Hints, Message, Normalized } from "./types";

interface Case {
  name: string;
  covers?: string[];
  hints?: Hints;
  input: unknown;
  output: unknown;
  expect: Fields & { messages: Omit<Message, "raw">[] };
}

const FOLDER = "tests/fixtures/messages";
const corpus = readdirSync(FOLDER).map((file) => ({
  format: file.replace(".json", ""),
  cases: parseJson(readFileSync(`${FOLDER}/${file}`, "utf8")) as Case[],
}));
const cases = corpus.flatMap(({ format, cases: list }) => list.map((item) => ({ ...item, format })));

/** The only payloads of the corpus that hold something nobody can read. */
const UNREADABLE = ["generic: values that are no messages", "generic: one message that nobody can read"];

const withoutRaw = (message: Message): Fields =>
  Object.fromEntries(Object.entries(message).filter(([key]) => key !== "raw"));

/** As the goldens are written: without `raw`, and without what is empty. */
function essence({ format, messages, tools, schema, extra, warnings, fallback }: Normalized): Fields {
  const sides = Object.fromEntries(Object.entries(extra).filter(([, held]) => held));
  return {
    format,
    messages: messages.map(withoutRaw),
    ...(tools.length > 0 && { tools }),
    ...(schema !== undefined && { schema }),
    ...(Object.keys(sides).length > 0 && { extra: sides }),
    ...(warnings.length > 0 && { warnings }),
    ...(fallback && { fallback }),
  };
}

/** Everything that is said in a payload, but the words that only name the kind of a thing. */
const KINDS =
  /^(role|Role|type|\$type|Label|kind|part_kind|block_type|format|modality|object|state|status|finish|index|event\.name|is_error|source_type|Id|lc|value)$/;
function leaves(value: unknown, key = ""): string[] {
  const held = decode(value);
  if (held instanceof NumberText) return [held.text];
  if (key === "id" && Array.isArray(held)) return []; // the class of a serialised object
  if (Array.isArray(held)) return held.flatMap((item) => leaves(item, key));
  if (isRecord(held)) return Object.entries(held).flatMap(([name, item]) => leaves(item, name));
  if (KINDS.test(key) || held === null || typeof held === "boolean" || held === "") return [];
  return splitReferences(String(held)).map((piece) => (typeof piece === "string" ? piece : piece.id));
}

const plain = (text: string): string => text.replace(/\\[ntr]|["\\]|\s/g, "").replace(/^data:[^,]*,/, "");

describe("the corpus", () => {
  it("is large, and covers what each format can carry", () => {
    expect(cases.length).toBeGreaterThanOrEqual(120);
    expect(corpus.map(({ format }) => format)).toHaveLength(14);
    const covered = new Set(cases.flatMap((item) => item.covers ?? []));
    for (const kind of [
      "text",
      "tools",
      "parallel tools",
      "image",
      "audio",
      "reasoning",
      "error",
      "streaming",
      "truncated",
    ]) {
      expect(covered).toContain(kind);
    }
  });

  it.each(cases)("$format: $name", ({ input, output, hints, expect: golden }) => {
    expect(essence(normalize(input, output, hints))).toEqual(golden);
  });

  it.each(cases)("as stored text, $format: $name", ({ input, output, hints, expect: golden }) => {
    const stored = (value: unknown): unknown =>
      typeof value === "string" || value === null ? value : printJson(value);
    expect(essence(normalize(stored(input), stored(output), hints))).toEqual(golden);
  });

  it("is read without a fallback, except for the listed ones", () => {
    const fallen = cases.filter((item) => normalize(item.input, item.output, item.hints).fallback);
    expect(fallen.map((item) => `${item.format}: ${item.name}`)).toEqual(UNREADABLE);
  });

  // Chunks of a stream are joined, and repeats of the state are left out: there the words are not found as they were.
  const whole = cases.filter((item) => !item.covers?.includes("streaming"));
  it.each(whole)("loses nothing, $format: $name", ({ input, output, hints }) => {
    const { messages, ...rest } = normalize(input, output, hints);
    const found = plain(printJson([messages.map(withoutRaw), rest]));
    const lost = [...leaves(input), ...leaves(output)].filter((leaf) => !found.includes(plain(leaf)));
    expect(lost).toEqual([]);
  });
});

describe("hostile payloads", () => {
  it("survives any value", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), fc.jsonValue({ maxDepth: 6 }), (input, output) => {
        const read = normalize(input, output);
        expect(read.messages.every((message) => Array.isArray(message.parts))).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("survives any fields of a message, and keeps the other messages", () => {
    const odd = fc.dictionary(
      fc.constantFrom(
        "role",
        "content",
        "tool_calls",
        "parts",
        "type",
        "message",
        "kwargs",
        "id",
        "lc",
        "name",
        "data",
      ),
      fc.jsonValue({ maxDepth: 4 }),
    );
    fc.assert(
      fc.property(odd, (message) => {
        const read = normalize(
          [{ role: "user", content: "before" }, message, { role: "user", content: "after" }],
          null,
        );
        const texts = read.messages
          .flatMap((item) => item.parts)
          .flatMap((part) => (part.type === "text" ? [part.text] : []));
        expect(texts).toContain("before");
        expect(texts).toContain("after");
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ["lists", "[".repeat(20_000) + "]".repeat(20_000)],
    ["objects", '{"content":'.repeat(20_000) + "1" + "}".repeat(20_000)],
    [
      "results",
      `[{"role":"user","content":${'[{"type":"tool_result","content":'.repeat(5_000)}"x"${"}]".repeat(5_000)}}]`,
    ],
    ["wrappers", '{"message":'.repeat(5_000) + '{"role":"user","content":"x"}' + "}".repeat(5_000)],
    [
      "strings",
      JSON.stringify(JSON.stringify(JSON.stringify(JSON.stringify([{ role: "user", content: "x" }])))),
    ],
  ])("does not overflow on deep %s", (_kind, text) => {
    expect(normalize(text, text).messages.length).toBeGreaterThan(0);
  });

  it("never touches the prototype", () => {
    normalize('[{"role":"user","content":"x","__proto__":{"polluted":1}}]', null);
    normalize(
      { "llm.input_messages.0.__proto__.polluted": "1", "llm.input_messages.0.message.role": "user" },
      null,
    );
    expect(({} as Fields)["polluted"]).toBeUndefined();
  });

  it("does not change what it reads", () => {
    for (const { input, output, hints } of cases) {
      const before = printJson([input, output]);
      normalize(input, output, hints);
      expect(printJson([input, output])).toBe(before);
    }
  });
});
