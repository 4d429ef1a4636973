import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { criticalPath } from "./critical-path";
import { buildModel } from "./model";
import { anySkeleton, span, trace } from "./testing";

describe("criticalPath", () => {
  it("follows the child that finished last, and excludes what ran beside it", () => {
    const model = buildModel(
      trace([
        span("root", "", 0, 100_000),
        span("slow", "root", 10_000, 50_000),
        span("beside", "root", 12_000, 20_000),
        span("last", "root", 70_000, 20_000),
        span("inner", "last", 75_000, 5_000),
      ]),
    );
    const path = criticalPath(model).map((one) => [model.rows[one.node]!.id, one.from / 1000, one.to / 1000]);
    expect(path).toEqual([
      ["root", 0, 10],
      ["slow", 10, 60],
      ["root", 60, 70],
      ["last", 70, 75],
      ["inner", 75, 80],
      ["last", 80, 90],
      ["root", 90, 100],
    ]);
  });

  it("leaves out work that outlives its parent", () => {
    const model = buildModel(trace([span("root", "", 0, 10_000), span("async", "root", 5_000, 90_000)]));
    expect(criticalPath(model).map((one) => model.rows[one.node]!.id)).toEqual(["root"]);
  });

  it("is in order and without overlaps for any trace", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const model = buildModel(skeleton);
        const path = criticalPath(model);
        for (const [i, one] of path.entries()) {
          expect(one.to).toBeGreaterThan(one.from);
          if (i) expect(one.from).toBeGreaterThanOrEqual(path[i - 1]!.to);
        }
      }),
    );
  });

  it("is iterative: a chain of 20,000", () => {
    const rows = Array.from({ length: 20_000 }, (_, i) =>
      span(`s${i}`, i ? `s${i - 1}` : "", i * 10, 1e6 - i * 20),
    );
    expect(criticalPath(buildModel(trace(rows))).length).toBeGreaterThan(19_000);
  });
});
