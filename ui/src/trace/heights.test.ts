// Rows of different heights.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { heightsOf } from "./heights";

describe("heights", () => {
  it("are rows of one height without tall ones", () => {
    const heights = heightsOf(10, 28);
    expect([
      heights.total,
      heights.topOf(3),
      heights.heightOf(3),
      heights.rowAt(83),
      heights.rowAt(84),
    ]).toEqual([280, 84, 28, 2, 3]);
    expect([heights.rowAt(-5), heights.rowAt(9999), heightsOf(0, 28).rowAt(4)]).toEqual([0, 9, 0]);
  });

  it("make room below a tall row", () => {
    const heights = heightsOf(10, 28, [
      { row: 5, more: 200 },
      { row: 2, more: 100 },
      { row: 40, more: 7 },
    ]);
    expect([0, 2, 3, 5, 6].map(heights.topOf)).toEqual([0, 56, 184, 240, 468]);
    expect([heights.total, heights.heightOf(2), heights.isTall(2), heights.isTall(3)]).toEqual([
      580,
      128,
      true,
      false,
    ]);
    expect([56, 183, 184, 240, 467, 468].map(heights.rowAt)).toEqual([2, 2, 3, 5, 5, 6]);
  });

  it("agree with adding up one row after the other", () => {
    const tall = fc.uniqueArray(
      fc.record({ row: fc.integer({ min: 0, max: 29 }), more: fc.integer({ min: 0, max: 90 }) }),
      { selector: ({ row }) => row },
    );
    fc.assert(
      fc.property(tall, (rows) => {
        const heights = heightsOf(30, 10, rows);
        let top = 0;
        for (let row = 0; row < 30; row++) {
          expect(heights.topOf(row)).toBe(top);
          expect(heights.rowAt(top)).toBe(row);
          top += heights.heightOf(row);
        }
        expect(heights.total).toBe(top);
      }),
    );
  });
});
