import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { FieldRef, Query, Simple, Term, Value } from "./ast";
import { fieldSet, type Field, type FieldType } from "./fields";
import { childrenOf, type Node } from "./node";
import { parse } from "./parse";
import { print } from "./print";
import { MAX_DEPTH, MAX_LEAVES, measure, toApi } from "./to-api";

const field = (name: string, type: FieldType): Field => ({
  name,
  type,
  label: name,
  filter: true,
  sort: true,
  show: true,
});
const FIELDS = fieldSet([
  field("level", "option"),
  field("env", "option"),
  field("name", "string"),
  field("tags", "array"),
  field("latency", "duration"),
  field("cost", "money"),
  field("tokens", "number"),
  field("time", "datetime"),
  field("bookmarked", "boolean"),
  field("input", "text"),
  field("metadata", "map"),
  field("score", "score"),
  field("has", "has"),
]);
const NOW = Date.UTC(2026, 10, 26, 12);

/** The tree without positions. */
function bare(query: Query): Query {
  return JSON.parse(
    JSON.stringify(query, (key, value: unknown) => (key === "at" ? undefined : value)),
  ) as Query;
}

function api(q: string): Node | undefined {
  const parsed = parse(q);
  expect(parsed.diagnostics).toEqual([]);
  const { filter, diagnostics } = toApi(parsed.query, FIELDS, NOW);
  expect(diagnostics).toEqual([]);
  return filter;
}

const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom(...'ab:."\\()*-=<> \t'.split(""), "OR", "AND", " OR ", "..", "é") }),
);
const fieldRef: fc.Arbitrary<FieldRef> = fc.oneof(
  fc.string({ minLength: 1 }).map((name) => ({ name })),
  fc.constantFrom("level", "tokens.in", "a b", "metadata.x", "-x", "OR").map((name) => ({ name })),
  fc.record({ name: fc.constantFrom("metadata", "score"), key: anyText }),
);
const glob = fc
  .record({ kind: fc.constant("glob" as const), text: anyText, before: fc.boolean(), after: fc.boolean() })
  .filter(({ text, before, after }) => (before || after) && text !== "");
const simple: fc.Arbitrary<Simple> = fc.oneof(
  anyText.map((text) => ({ kind: "atom" as const, text })),
  anyText.map((text) => ({ kind: "exact" as const, text })),
  glob,
  fc.constant({ kind: "glob" as const, text: "", before: true, after: false }),
);
const value: fc.Arbitrary<Value> = fc.oneof(
  simple,
  fc.record({
    kind: fc.constant("compare" as const),
    op: fc.constantFrom(">" as const, ">=" as const, "<" as const, "<=" as const),
    text: anyText.filter((text) => text !== ""),
  }),
  fc
    .record({ kind: fc.constant("range" as const), lo: anyText, hi: anyText })
    .filter(({ lo, hi }) => lo !== "" || hi !== ""),
  fc.record({
    kind: fc.constant("list" as const),
    join: fc.constantFrom("OR" as const, "AND" as const),
    items: fc.array(simple, { minLength: 2, maxLength: 4 }),
  }),
);
const { term } = fc.letrec<{ term: Term }>((tie) => ({
  term: fc.oneof(
    { maxDepth: 4 },
    fc.record({ kind: fc.constant("text" as const), negated: fc.boolean(), text: anyText }),
    fc.record({ kind: fc.constant("field" as const), negated: fc.boolean(), field: fieldRef, value }),
    fc.record({
      kind: fc.constant("group" as const),
      negated: fc.boolean(),
      any: fc.array(fc.array(tie("term"), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 }),
    }),
  ),
}));
const query = fc.array(term, { maxLength: 5 });
const source = fc.oneof(
  fc.string(),
  fc.string({
    unit: fc.constantFrom(
      ...'ab:."\\()*-=<>1 '.split(""),
      "level:",
      "(",
      ") ",
      " OR ",
      " AND ",
      "metadata.",
      '"',
    ),
  }),
);

describe("properties", () => {
  it("reads back every tree that it prints", () => {
    fc.assert(
      fc.property(query, (tree) => {
        expect(bare(parse(print(tree)).query)).toEqual(tree);
      }),
      { numRuns: 2000 },
    );
  });

  it("never throws, and printing is stable whatever was written", () => {
    fc.assert(
      fc.property(source, (text) => {
        const first = parse(text);
        const printed = print(first.query);
        const second = parse(printed);
        expect(bare(second.query)).toEqual(bare(first.query));
        expect(print(second.query)).toBe(printed);
        expect(second.diagnostics.length).toBe(first.diagnostics.length);
      }),
      { numRuns: 5000 },
    );
  });

  it("colours each sign at most once, in order, and reports places inside of the text", () => {
    fc.assert(
      fc.property(source, (text) => {
        const { tokens, diagnostics } = parse(text);
        let end = 0;
        for (const token of tokens) {
          expect(token.from).toBeGreaterThanOrEqual(end);
          expect(token.to).toBeGreaterThan(token.from);
          end = token.to;
        }
        for (const { from, to } of [...tokens, ...diagnostics]) {
          expect(from).toBeGreaterThanOrEqual(0);
          expect(to).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("sends no empty branch, and nothing beyond the limits without saying so", () => {
    const sound = (node: Node): boolean =>
      (!("and" in node) || node.and.length >= 2) &&
      (!("or" in node) || node.or.length >= 2) &&
      childrenOf(node).every(sound);
    fc.assert(
      fc.property(fc.array(term, { maxLength: 60 }), (tree) => {
        const { filter, diagnostics } = toApi(tree, FIELDS, NOW);
        if (!filter) return;
        expect(sound(filter)).toBe(true);
        const { depth, leaves } = measure(filter);
        expect(diagnostics.some(({ message }) => /at most|too deep/.test(message))).toBe(
          depth > MAX_DEPTH || leaves > MAX_LEAVES,
        );
      }),
      { numRuns: 300 },
    );
  });

  it("survives brackets without end", () => {
    for (const text of ["(".repeat(100_000), ")".repeat(20_000), `${"(".repeat(50)}a${")".repeat(50)}`]) {
      const { query: tree, diagnostics } = parse(text);
      expect(diagnostics.length).toBeGreaterThan(0);
      expect(bare(parse(print(tree)).query)).toEqual(bare(tree));
    }
  });
});

describe("meaning", () => {
  it("reads the example of the specification", () => {
    const q =
      'level:(ERROR OR WARNING) -env:dev latency:>2s cost:0.01..0.5 tags:(a AND b) score."answer quality":<0.5 has:error input:"refund policy" metadata.tenant:eu time:<2h';
    expect(print(parse(q).query)).toBe(q);
    expect(api(q)).toEqual({
      and: [
        { field: "level", op: "in", value: ["ERROR", "WARNING"] },
        { not: { field: "env", op: "is", value: "dev" } },
        { field: "latency", op: "gt", value: 2 },
        { field: "cost", op: "between", value: [0.01, 0.5] },
        { field: "tags", op: "all", value: ["a", "b"] },
        { field: "score", op: "lt", value: 0.5, key: "answer quality" },
        { field: "has", op: "is", value: "error" },
        { field: "input", op: "words", value: "refund policy" },
        { field: "metadata", op: "is", value: "eu", key: "tenant" },
        { field: "time", op: "gt", value: "2026-11-26T10:00:00.000Z" },
      ],
    });
  });

  it.each<[string, Node]>([
    ["refund", { field: "text", op: "words", value: "refund" }],
    ["-refund", { not: { field: "text", op: "words", value: "refund" } }],
    ["*fund*", { field: "text", op: "contains", value: "fund" }],
    ["input:*fund*", { field: "input", op: "contains", value: "fund" }],
    ["**", { field: "text", op: "words", value: "**" }],
    ["latency:>=350ms", { field: "latency", op: "gte", value: 0.35 }],
    ["latency:1m..", { field: "latency", op: "gte", value: 60 }],
    ["cost:>$0.02", { field: "cost", op: "gt", value: 0.02 }],
    ["tokens:10k", { field: "tokens", op: "eq", value: 10_000 }],
    ["tokens:..1.5k", { field: "tokens", op: "lte", value: 1500 }],
    ["name:check*", { field: "name", op: "starts", value: "check" }],
    ["name:*out", { field: "name", op: "ends", value: "out" }],
    ["name:*eck*", { field: "name", op: "contains", value: "eck" }],
    ['name:="a b"', { field: "name", op: "is", value: "a b" }],
    ["name:*", { field: "name", op: "exists", value: true }],
    ["-name:*", { not: { field: "name", op: "exists", value: true } }],
    ["bookmarked:yes", { field: "bookmarked", op: "is", value: true }],
    ["tags:a", { field: "tags", op: "is", value: "a" }],
    ["tags:(a OR b)", { field: "tags", op: "in", value: ["a", "b"] }],
    ["metadata.n:>5", { field: "metadata", op: "gt", value: 5, key: "n" }],
    ["score.ok:true", { field: "score", op: "is", value: true, key: "ok" }],
    ["score.ok:=true", { field: "score", op: "is", value: "true", key: "ok" }],
    ["score.tone:kind", { field: "score", op: "is", value: "kind", key: "tone" }],
    ["has:(error AND comment)", { field: "has", op: "all", value: ["error", "comment"] }],
    ["score.q:0.5", { field: "score", op: "eq", value: 0.5, key: "q" }],
    [
      "(level:ERROR OR latency:>2s cost:>1)",
      {
        or: [
          { field: "level", op: "is", value: "ERROR" },
          {
            and: [
              { field: "latency", op: "gt", value: 2 },
              { field: "cost", op: "gt", value: 1 },
            ],
          },
        ],
      },
    ],
    [
      "time:2026-11-01T00:00Z..2026-11-02T00:00Z",
      { field: "time", op: "between", value: ["2026-11-01T00:00:00.000Z", "2026-11-02T00:00:00.000Z"] },
    ],
    [
      "name:(a* OR b)",
      {
        or: [
          { field: "name", op: "starts", value: "a" },
          { field: "name", op: "is", value: "b" },
        ],
      },
    ],
  ])("%s", (q, node) => {
    expect(api(q)).toEqual(node);
  });

  it.each([
    ["nosuch:1", "no field"],
    ["https://a.b", "quotes"],
    ["latency:fast", "duration"],
    ["level:>3", "cannot be compared"],
    ["level:(A AND B)", "use OR"],
    ["metadata:x", "Name the key"],
    ["cost:5..1", "upside down"],
    ["bookmarked:maybe", "true or false"],
    ["latency:2*", "no pattern"],
    ["time:>yesterdayish", "a date"],
    ['""', "empty"],
  ])("%s is refused with words", (q, words) => {
    const parsed = parse(q);
    const { diagnostics } = toApi(parsed.query, FIELDS, NOW);
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]!.message).toContain(words);
    expect(q.slice(diagnostics[0]!.from, diagnostics[0]!.to)).toBe(q);
  });

  it.each([
    ["level:", "level:", "missing"],
    ['a "b', '"b', "quote"],
    ["a (b OR", "(b OR", "bracket"],
    ["a ) b", ")", "closes nothing"],
    ["a OR b", "OR", "brackets"],
    ["x:(a b) c", "x:(a b)", "OR or AND"],
    ["x:(a OR b AND c)", "x:(a OR b AND c)", "either"],
    ["x:a*b", "x:a*b", "quotes"],
    ["x:..", "x:..", "end"],
    ["(a OR )", "(a OR )", "missing"],
  ])("%s names its fault", (q, place, words) => {
    const { diagnostics } = parse(q);
    expect(diagnostics).toHaveLength(1);
    expect(q.slice(diagnostics[0]!.from, diagnostics[0]!.to)).toBe(place);
    expect(diagnostics[0]!.message).toContain(words);
  });
});
