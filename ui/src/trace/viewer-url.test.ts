import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { readFold, readLevel, readMode, readTab, readZoom, writeFold, writeZoom } from "./viewer-url";

describe("the address of a trace", () => {
  it("round-trips folded ids, whatever is in them", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 20 }), (ids) => {
        expect(readFold(writeFold(ids))).toEqual(ids);
      }),
    );
    expect(writeFold(Array.from({ length: 21 }, String))).toBeUndefined();
    expect(writeFold([])).toBeUndefined();
  });

  it("round-trips the zoom to the microsecond", () => {
    fc.assert(
      fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 1e9 }), (from, length) => {
        expect(readZoom(writeZoom({ from, to: from + length }))).toEqual({ from, to: from + length });
      }),
    );
    expect(readZoom("1200-5400")).toEqual({ from: 1_200_000, to: 5_400_000 });
    expect([readZoom("5-5"), readZoom("a-b"), readZoom("9e9-1e400"), readZoom(undefined)]).toEqual([
      null,
      null,
      null,
      null,
    ]);
  });

  it("takes unknown words for the default", () => {
    expect([readMode("Timeline"), readMode("x"), readMode(undefined)]).toEqual(["timeline", "tree", "tree"]);
    expect([readTab("raw"), readTab("preview")]).toEqual(["raw", "messages"]);
    expect([readLevel("error"), readLevel("LOUD"), readLevel(undefined)]).toEqual([3, 0, 0]);
  });
});
