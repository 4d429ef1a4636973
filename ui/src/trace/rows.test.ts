import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildModel } from "./model";
import {
  chronological,
  depthCap,
  find,
  flatten,
  maskOf,
  neighbour,
  pathTo,
  PLAIN,
  rowIndex,
  type Rows,
} from "./rows";
import { anySkeleton, span, trace } from "./testing";

const model = buildModel(
  trace([
    span("root", "", 0, 100),
    span("a", "root", 1, 50, { type: "AGENT" }),
    span("a1", "a", 2, 10, { type: "GENERATION", level: 3, model: "gpt-4o" }),
    span("a2", "a", 20, 1, { level: 0 }),
    span("b", "root", 60, 20, { type: "TOOL" }),
  ]),
);

const names = (rows: Rows, of = model) =>
  Array.from({ length: rows.length }, (_, row) => {
    const name = of.rows[rows.node[row]!]!.name;
    return `${" ".repeat(rows.depth[row]!)}${name}${rows.repeat[row] ? ` ×${rows.repeat[row]}` : ""}`;
  });

describe("flatten", () => {
  it("shows everything, with positions among siblings", () => {
    const rows = flatten(model, PLAIN);
    expect(names(rows)).toEqual(["root", " a", "  a1", "  a2", " b"]);
    expect(Array.from(rows.position.slice(0, 5))).toEqual([1, 1, 1, 2, 2]);
    expect(Array.from(rows.siblings.slice(0, 5))).toEqual([1, 2, 2, 2, 2]);
    expect(Array.from(rows.parent.slice(0, 5))).toEqual([-1, 0, 1, 1, 0]);
    expect(Array.from(rows.state.slice(0, 5))).toEqual([1, 1, 0, 0, 0]);
  });

  it("skips what is folded and lifts the children of hidden rows", () => {
    expect(names(flatten(model, { ...PLAIN, folded: new Set(["a"]) }))).toEqual(["root", " a", " b"]);
    const errors = flatten(model, { ...PLAIN, minLevel: 3 });
    expect(names(errors)).toEqual(["a1"]);
    expect(errors.hidden).toBe(4);
    expect(names(flatten(model, { ...PLAIN, stepsOnly: true }))).toEqual(["a", " a1", "b"]);
    expect(names(flatten(model, { ...PLAIN, minShare: 0.2 }))).toEqual(["root", " a", " b"]);
  });

  it("groups runs of equal siblings, closed until asked", () => {
    const calls = Array.from({ length: 5 }, (_, i) =>
      span(`c${i}`, "r", i + 1, 1, { name: "search", type: "TOOL" }),
    );
    const many = buildModel(
      trace([span("r", "", 0, 50), ...calls, span("x", "r", 20, 1), span("c2x", "c2", 3, 1)]),
    );
    const closed = flatten(many, { ...PLAIN, repeats: true });
    expect(names(closed, many)).toEqual(["r", " search ×5", " x"]);
    const open = flatten(many, { ...PLAIN, repeats: true, opened: new Set(["c0"]) });
    expect(names(open, many).slice(0, 5)).toEqual(["r", " search ×5", "  search", "  search", "  search"]);
    expect(open.length).toBe(9);
    expect(pathTo(many, many.indexOf.get("c2x")!)).toEqual({ ids: ["c2", "r"], heads: ["c2x", "c0"] });
  });

  it("for any trace: rows are the visible nodes in order, the parent row is the nearest visible ancestor", () => {
    const options = fc.record({
      minLevel: fc.nat(3),
      minShare: fc.constantFrom(0, 0.05, 0.3),
      stepsOnly: fc.boolean(),
      repeats: fc.boolean(),
      folded: fc.array(fc.nat(45)).map((list) => new Set(list.map((n) => `s${n}`))),
      opened: fc.array(fc.nat(45)).map((list) => new Set(list.map((n) => `s${n}`))),
    });
    fc.assert(
      fc.property(anySkeleton, options, (skeleton, chosen) => {
        const any = buildModel(skeleton);
        const mask = maskOf(any, chosen);
        const rows = flatten(any, chosen);
        const at = rowIndex(any, rows);
        let last = -1;
        let shown = 0;
        for (let row = 0; row < rows.length; row++) {
          const node = rows.node[row]!;
          expect(mask[node]).toBe(0);
          expect(any.place[node]!).toBeGreaterThanOrEqual(last);
          last = any.place[node]!;
          if (rows.repeat[row]) {
            expect(rows.repeat[row]!).toBeGreaterThanOrEqual(4);
            continue;
          }
          shown++;
          let above = any.parent[node]!;
          while (above >= 0 && mask[above]) above = any.parent[above]!;
          let parent = rows.parent[row]!;
          while (parent >= 0 && rows.repeat[parent]) parent = rows.parent[parent]!;
          expect(parent < 0 ? -1 : rows.node[parent]).toBe(above);
          expect(rows.position[row]!).toBeLessThanOrEqual(rows.siblings[row]!);
        }
        if (chosen.folded.size === 0 && !chosen.repeats) expect(shown).toBe(any.count - rows.hidden);
        // Opening the path of a node gives it a row, whatever was folded.
        for (let node = 0; node < any.count; node++) {
          if (mask[node] || at[node] !== -1) continue;
          const path = pathTo(any, node);
          const folded = new Set([...chosen.folded].filter((id) => !path.ids.includes(id)));
          const opened = new Set([...chosen.opened, ...path.heads]);
          const visible = rowIndex(any, flatten(any, { ...chosen, folded, opened }));
          if (!chosen.repeats || chosen.minLevel + chosen.minShare === 0) expect(visible[node]).not.toBe(-1);
        }
      }),
    );
  });
});

describe("find and the rest", () => {
  it("finds words in name, type, model and whole ids, in row order", () => {
    const found = (text: string) => [...find(model, text)].map((node) => model.rows[node]!.id);
    expect(found("a")).toEqual(["root", "a", "a1", "a2"]);
    expect(found("GPT gen")).toEqual(["a1"]);
    expect(found("b")).toEqual(["b"]);
    expect(found("  ")).toEqual([]);
  });

  it("lists by time and caps the indent by width", () => {
    expect([...chronological(model, maskOf(model, { ...PLAIN, minLevel: 1 }))]).toEqual([0, 1, 2, 4]);
    expect([depthCap(100), depthCap(420), depthCap(4000)]).toEqual([8, 10, 32]);
  });

  it("goes to the next and the previous of some spans in row order, round the end", () => {
    const some = Int32Array.of(1, 3, 4);
    expect(neighbour(model, some, -1, 1)).toBe(1);
    expect(neighbour(model, some, 2, 1)).toBe(3);
    expect(neighbour(model, some, 4, 1)).toBe(1);
    expect(neighbour(model, some, 2, -1)).toBe(1);
    expect(neighbour(model, some, -1, -1)).toBe(4);
    expect(neighbour(model, [], 2, 1)).toBe(-1);
  });
});
