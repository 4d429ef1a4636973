import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildModel, type TraceModel } from "@/trace/model";
import { anySkeleton, bigTrace, span, trace } from "@/trace/testing";

import { align, type Alignment } from "./align";
import { DIFFERS, differencesOf, rowIndex, rowKey, visibleRows } from "./differences";

const model = (...rows: Parameters<typeof span>[]): TraceModel =>
  buildModel(trace(rows.map((row) => span(...row))));

/** "  name: a b" for each row, with a dash where a trace has no such span. */
function drawn(a: TraceModel, b: TraceModel, rows: Alignment): string[] {
  return Array.from({ length: rows.count }, (_, row) => {
    const [nodeA, nodeB] = [rows.a[row]!, rows.b[row]!];
    const id = (of: TraceModel, node: number) => (node < 0 ? "-" : of.rows[node]!.id);
    return `${"  ".repeat(rows.depth[row]!)}${id(a, nodeA)} ${id(b, nodeB)}`;
  });
}

describe("aligning two traces", () => {
  it("pairs by type, name and repeat index below the same parent", () => {
    const a = model(
      ["r", "", 0, 100],
      ["plan", "r", 1, 5, { name: "plan" }],
      ["s1", "r", 10, 5, { name: "search" }],
      ["s2", "r", 20, 5, { name: "search" }],
      ["x", "r", 30, 5, { name: "answer", type: "GENERATION" }],
    );
    const b = model(
      ["R", "", 0, 100, { name: "another root" }],
      ["P", "R", 1, 5, { name: "plan" }],
      ["N", "R", 5, 5, { name: "new" }],
      ["S1", "R", 10, 5, { name: "search" }],
      ["X", "R", 30, 5, { name: "answer", type: "SPAN" }],
      ["D", "P", 2, 1, { name: "deep" }],
    );
    expect(drawn(a, b, align(a, b))).toEqual([
      "r R",
      "  plan P",
      "    - D",
      "  - N",
      "  s1 S1",
      "  s2 -",
      "  x -",
      "  - X",
    ]);
  });

  it("keeps every span when the order changed", () => {
    const a = model(["r", "", 0, 9], ["p", "r", 1, 1], ["q", "r", 2, 1]);
    const b = model(["r", "", 0, 9], ["q", "r", 1, 1], ["p", "r", 2, 1], ["z", "r", 3, 1]);
    expect(drawn(a, b, align(a, b))).toEqual(["r r", "  p p", "  q q", "  - z"]);
  });

  it("with nothing shows one side only", () => {
    const a = model(["r", "", 0, 9], ["p", "r", 1, 1]);
    const none = model();
    expect(drawn(a, none, align(a, none))).toEqual(["r -", "  p -"]);
    expect(drawn(none, a, align(none, a))).toEqual(["- r", "  - p"]);
    expect(align(none, none).count).toBe(0);
  });

  it("shows every span of both once, children below their parents, whatever the traces look like", () => {
    fc.assert(
      fc.property(anySkeleton, anySkeleton, (one, two) => {
        const [a, b] = [buildModel(one), buildModel(two)];
        const rows = align(a, b);
        for (const [nodes, of] of [
          [rows.a, a],
          [rows.b, b],
        ] as const) {
          const seen = Array.from(nodes.slice(0, rows.count)).filter((node) => node >= 0);
          expect(seen.toSorted((x, y) => x - y)).toEqual(Array.from({ length: of.count }, (_, at) => at));
        }
        for (let row = 0; row < rows.count; row++) {
          const above = rows.parent[row]!;
          const [nodeA, nodeB] = [rows.a[row]!, rows.b[row]!];
          expect(nodeA >= 0 || nodeB >= 0).toBe(true);
          if (nodeA >= 0) expect(a.parent[nodeA]).toBe(above < 0 ? -1 : rows.a[above]);
          if (nodeB >= 0) expect(b.parent[nodeB]).toBe(above < 0 ? -1 : rows.b[above]);
          if (nodeA >= 0 && nodeB >= 0 && above >= 0) {
            expect(a.rows[nodeA]!.name).toBe(b.rows[nodeB]!.name);
            expect(a.rows[nodeA]!.type).toBe(b.rows[nodeB]!.type);
          }
        }
      }),
    );
  });

  it("of a trace with itself has no difference, and all spans on both sides", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const own = buildModel(skeleton);
        const rows = align(own, own);
        expect(rows.count).toBe(own.count);
        expect(rows.a.slice(0, rows.count)).toEqual(rows.b.slice(0, rows.count));
        expect(differencesOf(own, own, rows).count).toBe(0);
        expect(visibleRows(rows, differencesOf(own, own, rows), () => false, true)).toHaveLength(0);
      }),
    );
  });

  it("mirrors when the two change sides", () => {
    fc.assert(
      fc.property(anySkeleton, anySkeleton, (one, two) => {
        const [a, b] = [buildModel(one), buildModel(two)];
        const pairs = (rows: Alignment, swap: boolean) =>
          Array.from({ length: rows.count }, (_, row) =>
            (swap ? [rows.b[row], rows.a[row]] : [rows.a[row], rows.b[row]]).join(" "),
          ).toSorted();
        expect(pairs(align(b, a), true)).toEqual(pairs(align(a, b), false));
      }),
    );
  });

  it("takes chains of any depth and traces of 20,000 spans", () => {
    const chain = model(
      ...Array.from({ length: 5000 }, (_, at): Parameters<typeof span> => [
        `s${at}`,
        at === 0 ? "" : `s${at - 1}`,
        at,
        1,
      ]),
    );
    const rows = align(chain, chain);
    expect([rows.count, rows.depth[4999], rows.size[0]]).toEqual([5000, 4999, 5000]);
    const big = buildModel(bigTrace(20_000));
    expect(align(big, big).count).toBe(20_000);
  });
});

describe("differences", () => {
  const same = { tokens: 10, cost: 0.5, model: "m" };
  const a = model(
    ["r", "", 0, 100_000],
    ["p", "r", 1, 50_000, same],
    ["q", "p", 2, 1_000, same],
    ["z", "r", 3, 1_000, same],
  );

  it("are told by row", () => {
    const b = model(
      ["r", "", 0, 105_000],
      ["p", "r", 1, 61_000, { ...same, level: 3 }],
      ["q", "p", 2, 9_000, { ...same, tokens: 11, cost: NaN, model: "n" }],
      ["y", "r", 3, 1_000],
    );
    const rows = align(a, b);
    const { own, inside, count } = differencesOf(a, b, rows);
    expect(drawn(a, b, rows)).toEqual(["r r", "  p p", "    q q", "  z -", "  - y"]);
    expect([...own]).toEqual([
      0,
      DIFFERS.level | DIFFERS.duration,
      DIFFERS.tokens | DIFFERS.cost | DIFFERS.model,
      DIFFERS.onlyA,
      DIFFERS.onlyB,
    ]);
    expect([...inside]).toEqual([1, 1, 1, 1, 1]);
    expect(count).toBe(4);
  });

  it("hide what is alike, and folded rows hide what is in them", () => {
    const b = model(
      ["r", "", 0, 100_000],
      ["p", "r", 1, 50_000, same],
      ["q", "p", 2, 1_000, same],
      ["z", "r", 3, 1_000, { ...same, tokens: 9 }],
    );
    const rows = align(a, b);
    const differences = differencesOf(a, b, rows);
    const shown = (folded: number[], only: boolean) => [
      ...visibleRows(rows, differences, (row) => folded.includes(row), only),
    ];
    expect(shown([], false)).toEqual([0, 1, 2, 3]);
    expect(shown([], true)).toEqual([0, 3]);
    expect(shown([1], false)).toEqual([0, 1, 3]);
    expect(shown([0], true)).toEqual([0]);
  });

  it("rows are found again by their names", () => {
    const b = model(["a.r", "", 0, 9], ["n", "a.r", 1, 1]);
    const rows = align(a, b);
    const index = rowIndex(a, b, rows);
    for (let row = 0; row < rows.count; row++) expect(index.get(rowKey(a, b, rows, row))).toBe(row);
    expect(index.get("b.a.r")).toBe(0);
    expect(index.get("a.n")).toBeUndefined();
  });
});
