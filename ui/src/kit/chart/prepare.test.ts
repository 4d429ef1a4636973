import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ColourBook, dashOf } from "./colours";
import { greatest, isEmpty, OTHER, prepare, runs, stack, type Cell, type Wanted } from "./prepare";
import { sayBucket, summarize } from "./summary";

const base: Omit<Wanted, "cells" | "fill"> = { times: [0, 10, 20], until: 30, from: 0, to: 30, now: 1000 };
const cell = (at: number, name: string, value: number | null): Cell => ({ at, name, value });

describe("prepare", () => {
  it("fills a missing bucket with 0 where things are counted", () => {
    const made = prepare({ ...base, fill: "zero", cells: [cell(0, "a", 4), cell(20, "a", 1)] });
    expect(made.series).toEqual([{ name: "a", values: [4, 0, 1], total: 5 }]);
  });

  it("leaves a gap where nobody knows, and has no total", () => {
    const made = prepare({
      ...base,
      fill: "gap",
      cells: [cell(0, "p95", 4), cell(20, "p95", 1), cell(10, "p95", null)],
    });
    expect(made.series).toEqual([{ name: "p95", values: [4, null, 1], total: null }]);
  });

  it("puts the largest first and adds up the rest", () => {
    const cells = [cell(0, "small", 1), cell(0, "tiny", 0.5), cell(10, "big", 9), cell(20, "mid", 3)];
    const made = prepare({ ...base, fill: "zero", cells, top: 2 });
    expect(made.series.map(({ name }) => name)).toEqual(["big", "mid", OTHER]);
    expect(made.series[2]).toEqual({ name: OTHER, values: [1.5, 0, 0], total: 1.5 });
    expect([made.hasOther, made.of]).toEqual([true, 4]);
  });

  it("never adds up percentiles", () => {
    const cells = [cell(0, "a", 1), cell(0, "b", 2), cell(10, "b", 2)];
    const made = prepare({ ...base, fill: "gap", cells, top: 1 });
    expect(made.series.map(({ name }) => name)).toEqual(["b"]);
    expect([made.hasOther, made.of]).toEqual([false, 2]);
  });

  it("keeps the order that was asked for, also without data", () => {
    const made = prepare({ ...base, fill: "zero", cells: [cell(0, "error", 5)], names: ["ok", "error"] });
    expect(made.series.map(({ name, total }) => [name, total])).toEqual([
      ["ok", 0],
      ["error", 5],
    ]);
  });

  it("knows the buckets that the range or the present cuts", () => {
    const cut = (from: number, to: number, now: number) =>
      prepare({ ...base, from, to, now, fill: "zero", cells: [] }).isPartial;
    expect(cut(0, 30, 30)).toEqual([false, false, false]);
    expect(cut(0, 30, 25)).toEqual([false, false, true]);
    expect(cut(3, 30, 99)).toEqual([true, false, false]);
    expect(cut(0, 29, 99)).toEqual([false, false, true]);
  });

  it("loses nothing of what is counted", () => {
    const cells = fc.array(
      fc.record({
        at: fc.constantFrom(0, 10, 20),
        name: fc.constantFrom(..."abcdefghijkl"),
        value: fc.option(fc.nat(1000), { nil: null }),
      }),
    );
    fc.assert(
      fc.property(cells, fc.integer({ min: 1, max: 9 }), (given, top) => {
        const made = prepare({ ...base, fill: "zero", cells: given, top });
        const expected = given.reduce((sum, { value }) => sum + (value ?? 0), 0);
        expect(made.series.reduce((sum, { total }) => sum + (total ?? 0), 0)).toBe(expected);
        expect(made.series.length).toBeLessThanOrEqual(top + 1);
        expect(made.series.every(({ values }) => values.length === 3)).toBe(true);
        expect(greatest(made, true)).toBeGreaterThanOrEqual(greatest(made, false));
      }),
    );
  });
});

describe("stack, runs, isEmpty", () => {
  it("puts series on top of each other", () => {
    const { series } = prepare({
      ...base,
      fill: "zero",
      cells: [cell(0, "a", 2), cell(0, "b", 3)],
      names: ["a", "b"],
    });
    expect(stack(series)).toEqual([
      { lower: [0, 0, 0], upper: [2, 0, 0] },
      { lower: [2, 0, 0], upper: [5, 0, 0] },
    ]);
  });

  it("finds the pieces of a line", () => {
    expect(runs([null, 1, 2, null, 3])).toEqual([
      [1, 2],
      [4, 4],
    ]);
    expect(runs([])).toEqual([]);
  });

  it("sees that there is nothing", () => {
    expect(isEmpty(prepare({ ...base, fill: "zero", cells: [], names: ["ok"] }))).toBe(true);
    expect(isEmpty(prepare({ ...base, fill: "gap", cells: [cell(0, "a", 1)] }))).toBe(false);
  });
});

describe("colours", () => {
  it("belong to the name, whatever the order", () => {
    const book = new ColourBook();
    const first = book.all(["gpt-4o", "claude", "llama"]);
    expect(book.all(["llama", "gpt-4o", "claude"])).toEqual([first[2], first[0], first[1]]);
  });

  it("differ for the first eight names, and red is for errors only", () => {
    const book = new ColourBook();
    const found = book.all(Array.from({ length: 8 }, (_, place) => `model ${place}`));
    expect(new Set(found).size).toBe(8);
    expect(book.all(["error", "warning", "Other"])).toEqual(["danger", "warn", "series-other"]);
    expect(book.of("constructor")).toMatch(/^series-\d$/);
  });

  it("are those that were reserved", () => {
    expect(new ColourBook().reserve(["p50", "p99"], [1, 4]).all(["p99", "p50"])).toEqual([
      "series-4",
      "series-1",
    ]);
  });

  it("are not the only difference from five lines on", () => {
    expect(dashOf(3, 4)).toEqual([]);
    expect(new Set([0, 1, 2, 3, 4].map((place) => String(dashOf(place, 5)))).size).toBe(5);
  });
});

describe("words", () => {
  const words = { value: (value: number) => `${value} ms`, time: (at: number) => `t${at}` };

  it("say totals of counts, and the last and greatest of the rest", () => {
    const counts = prepare({
      ...base,
      fill: "zero",
      cells: [cell(10, "a", 2), cell(20, "a", 1)],
      names: ["a", "b"],
    });
    expect(summarize(counts, words)).toBe(
      "3 buckets from t0 to t30. a: 3 ms in total, at most 2 ms at t10; b: none.",
    );
    const times = prepare({ ...base, fill: "gap", cells: [cell(0, "p50", 7), cell(10, "p50", 2)] });
    expect(summarize(times, words)).toBe("3 buckets from t0 to t30. p50: last 2 ms, at most 7 ms at t0.");
  });

  it("say one bucket", () => {
    const made = prepare({ ...base, now: 25, fill: "gap", cells: [cell(20, "a", 2)], names: ["a", "b"] });
    expect(sayBucket(made, 2, words)).toBe("t20, part of the bucket: a 2 ms, b no data");
  });
});
