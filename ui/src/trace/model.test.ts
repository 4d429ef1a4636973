import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildModel, hasMark, MARK, MISSING_PARENT_ID, type TraceModel } from "./model";
import { decode, FLAG, merge, type SkeletonWire } from "./skeleton";
import { anySkeleton, bigTrace, span, trace } from "./testing";

const ids = (model: TraceModel) => [...model.order].map((node) => model.rows[node]!.id);

describe("buildModel", () => {
  it("orders by start, walks parents before children and sums the subtree", () => {
    const model = buildModel(
      trace([
        span("b", "root", 30, 10, { tokens: 5, cost: 0.5 }),
        span("a", "root", 10, 10, { tokens: 2, cost: 0.25, level: 3 }),
        span("aa", "a", 12, 3, { cost: 1 }),
        span("root", "", 0, 50),
      ]),
    );
    expect(ids(model)).toEqual(["root", "a", "aa", "b"]);
    expect([...model.order].map((node) => model.depth[node])).toEqual([0, 1, 2, 1]);
    const root = model.indexOf.get("root")!;
    expect([model.size[root], model.sumCost[root], model.sumTokens[root], model.worst[root]]).toEqual([
      4, 1.75, 7, 3,
    ]);
    expect(model.errors).toBe(1);
  });

  it("keeps the earliest of duplicate ids", () => {
    const model = buildModel(
      trace([span("a", "", 5, 1, { name: "late" }), span("a", "", 2, 1, { name: "early" })]),
    );
    expect(model.rows.map((row) => row.name)).toEqual(["early"]);
  });

  it("cuts a cycle at its earliest span and says so", () => {
    const model = buildModel(trace([span("a", "c", 2, 1), span("b", "a", 1, 1), span("c", "b", 3, 1)]));
    expect(ids(model)).toEqual(["b", "c", "a"]);
    expect(hasMark(model, model.indexOf.get("b")!, MARK.cycle)).toBe(true);
  });

  it("puts orphans beside a root under a missing parent, but leaves a single orphan alone", () => {
    const model = buildModel(
      trace([span("root", "", 0, 9), span("x", "gone", 1, 2), span("y", "gone", 4, 3)]),
    );
    expect(ids(model)).toEqual(["root", MISSING_PARENT_ID, "x", "y"]);
    expect(model.spans).toBe(3);
    const missing = model.indexOf.get(MISSING_PARENT_ID)!;
    expect([model.start[missing], model.duration[missing]]).toEqual([1, 6]);
    expect(ids(buildModel(trace([span("x", "gone", 1, 2)])))).toEqual(["x"]);
  });

  it("marks spans that start before or end after their parent", () => {
    const rows = [span("p", "", 5000, 5000), span("early", "p", 0, 100), span("late", "p", 6000, 90_000)];
    const model = buildModel(trace(rows));
    expect(hasMark(model, model.indexOf.get("early")!, MARK.skewed)).toBe(true);
    expect(hasMark(model, model.indexOf.get("late")!, MARK.late)).toBe(true);
    expect(model.t0).toBe(0);
  });

  it("does not count usage that children repeat", () => {
    const rows = [
      span("p", "", 0, 9, { cost: 3, tokens: 30, flags: FLAG.notSummed }),
      span("c", "p", 1, 2, { cost: 1, tokens: 10 }),
      span("d", "p", 3, 2, { cost: 2, tokens: 20 }),
    ];
    const model = buildModel(trace(rows));
    expect([model.sumCost[0], model.sumTokens[0]]).toEqual([3, 30]);
    // What lies below is not wholly priced: then the roll-up's cost is the better one.
    rows[1] = span("c", "p", 1, 2, { tokens: 10 });
    expect(buildModel(trace(rows)).sumCost[0]).toBe(3);
    rows[2] = span("d", "p", 3, 2, { cost: 7, tokens: 20 });
    expect(buildModel(trace(rows)).sumCost[0]).toBe(3);
  });

  it("survives a chain of 20,000 levels and an empty trace", () => {
    const rows = Array.from({ length: 20_000 }, (_, i) => span(`s${i}`, i ? `s${i - 1}` : "", i, 1));
    expect(buildModel(trace(rows)).maxDepth).toBe(19_999);
    expect(buildModel(trace([])).count).toBe(0);
  });

  it("holds for any trace: every span once, parents first, sizes and sums as counted naively", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const model = buildModel(skeleton);
        const distinct = new Set(skeleton.rows.map((row) => row.id));
        expect(new Set(model.order).size).toBe(model.count);
        expect(model.spans).toBe(distinct.size);
        for (let node = 0; node < model.count; node++) {
          expect(model.order[model.place[node]!]).toBe(node);
          const parent = model.parent[node]!;
          if (parent >= 0) expect(model.place[parent]!).toBeLessThan(model.place[node]!);
          const inside = [...model.order].slice(model.place[node]!, model.place[node]! + model.size[node]!);
          const under = (at: number): boolean =>
            at === node || (model.parent[at]! >= 0 && under(model.parent[at]!));
          expect(inside).toEqual([...model.order].filter(under));
          const costs = inside.map((at) => model.rows[at]!.cost).filter((cost) => !Number.isNaN(cost));
          expect(model.sumCost[node]).toBe(costs.length ? costs.reduce((a, b) => a + b) : NaN);
        }
      }),
    );
  });

  it("builds 50,000 spans in well under a second", () => {
    const skeleton = bigTrace(50_000);
    const before = performance.now();
    expect(buildModel(skeleton).count).toBe(50_000);
    expect(performance.now() - before).toBeLessThan(1500);
  });
});

function wire(rows: { id: string; parent: number; start: number }[], missing = {}): SkeletonWire {
  const zeros = rows.map(() => 0);
  return {
    traceId: "t",
    n: rows.length,
    rollups: [],
    total: rows.length,
    truncated: false,
    cursor: "7",
    t0: "1700000000000000",
    strings: ["", "name", "GENERATION"],
    id: rows.map((row) => row.id),
    parent: rows.map((row) => row.parent),
    name: rows.map(() => 1),
    type: rows.map(() => 2),
    level: rows.map(() => 1),
    start: rows.map((row) => row.start),
    duration: zeros,
    ttft: zeros,
    model: zeros,
    tokensIn: zeros,
    tokensOut: zeros,
    tokens: zeros,
    cost: rows.map(() => null),
    flags: zeros,
    children: [],
    missing,
  };
}

describe("increments", () => {
  it("find their parent by id, replace known rows and append new ones", () => {
    const base = decode(
      wire([
        { id: "a", parent: -1, start: 0 },
        { id: "b", parent: 0, start: 5 },
      ]),
    );
    const more = decode(
      wire(
        [
          { id: "c", parent: -2, start: 9 },
          { id: "b", parent: -2, start: 6 },
        ],
        { 0: "b" },
      ),
    );
    const merged = merge(base, more);
    expect(merged.rows.map((row) => [row.id, row.parentId])).toEqual([
      ["a", ""],
      ["b", "a"],
      ["c", "b"],
    ]);
    expect(merged.cursor).toBe("7");
    expect(ids(buildModel(merged))).toEqual(["a", "b", "c"]);
    expect(base.rows).toHaveLength(2);
  });

  it("in any pieces give the same tree as all at once", () => {
    fc.assert(
      fc.property(anySkeleton, fc.nat(40), (skeleton, cut) => {
        const once = buildModel(skeleton).rows;
        const rows = once.filter((row) => row.id !== MISSING_PARENT_ID);
        const parts = merge(trace(rows.slice(0, cut)), trace(rows.slice(cut)));
        expect(buildModel(parts).rows.map((row) => row.id)).toEqual(once.map((row) => row.id));
      }),
    );
  });
});
