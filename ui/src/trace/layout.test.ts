import fc from "fast-check";
import { describe, expect, it } from "vitest";

import {
  barOf,
  clampView,
  compress,
  fitSpan,
  idleStretches,
  LINEAR,
  niceStep,
  panBy,
  placeLabel,
  type Scale,
  ticksOf,
  timeAt,
  toDrawn,
  toTime,
  xOf,
  zoomAt,
} from "./layout";

const time = fc.double({ min: 0, max: 1e11, noNaN: true });
const width = fc.integer({ min: 320, max: 1920 });
const anything = fc.oneof(fc.double(), fc.constantFrom(NaN, Infinity, -Infinity, -1, 0));
/** A trace's end and a view inside of it. */
const scene = fc
  .tuple(
    fc.double({ min: 20, max: 1e11, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.double({ min: 0, max: 1, noNaN: true }),
  )
  .map(([end, a, b]) => ({
    end,
    view: clampView({ from: Math.min(a, b) * end, to: Math.max(a, b) * end }, end),
  }));

/** A linear scale, or one with up to three idle stretches. */
const scaleFor = (end: number): fc.Arbitrary<Scale> =>
  fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 0, maxLength: 6 }).map((cuts) => {
    const sorted = cuts.sort((a, b) => a - b).map((cut) => cut * end);
    const pairs: { from: number; to: number }[] = [];
    for (let i = 0; i + 1 < sorted.length; i += 2)
      if (sorted[i + 1]! - sorted[i]! > end * 0.05) pairs.push({ from: sorted[i]!, to: sorted[i + 1]! });
    return compress(pairs, end, 900);
  });
const scaled = scene.chain((one) => scaleFor(one.end).map((scale) => ({ ...one, scale })));

describe("bars", () => {
  it("lie inside the lane at any width, whatever the times are", () => {
    fc.assert(
      fc.property(scaled, width, anything, anything, ({ view, scale }, lane, start, duration) => {
        const bar = barOf(start, duration, view, lane, scale);
        expect(bar.left).toBeGreaterThanOrEqual(0);
        expect(bar.width).toBeGreaterThanOrEqual(2 - 1e-9);
        expect(bar.left + bar.width).toBeLessThanOrEqual(lane + 1e-6);
      }),
    );
  });

  it("of zero width lanes are finite", () => {
    const bar = barOf(5, 10, { from: 0, to: 100 }, 0);
    expect([bar.left, bar.width]).toEqual([0, 0]);
  });

  it("say what is cut and what is open", () => {
    const view = { from: 100, to: 200 };
    expect(barOf(50, 100, view, 1000)).toEqual({
      left: 0,
      width: 500,
      inside: true,
      cutLeft: true,
      cutRight: false,
      open: false,
    });
    expect(barOf(150, -1, view, 1000)).toMatchObject({ left: 500, width: 2, open: true });
    expect(barOf(10, 20, view, 1000)).toMatchObject({ left: 0, width: 2, inside: false });
  });

  it("have labels inside the lane or none", () => {
    fc.assert(
      fc.property(
        scene,
        width,
        time,
        time,
        fc.integer({ min: 10, max: 400 }),
        ({ view }, lane, start, length, label) => {
          const bar = barOf(start, length, view, lane);
          const { place, x } = placeLabel(bar, label, lane);
          if (place === "none") return;
          expect(x).toBeGreaterThanOrEqual(0);
          expect(x + label).toBeLessThanOrEqual(lane + 1e-6);
        },
      ),
    );
  });
});

describe("zoom and pan", () => {
  it("zoom keeps the time under the pointer unless the trace ends there", () => {
    fc.assert(
      fc.property(
        scaled,
        width,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0.2, max: 8, noNaN: true }),
        ({ end, view, scale }, lane, share, factor) => {
          const x = share * lane;
          const before = timeAt(x, view, lane, scale);
          const after = zoomAt(view, factor, x, lane, end, scale);
          expect(after.from).toBeGreaterThanOrEqual(0);
          expect(after.to).toBeLessThanOrEqual(end * (1 + 1e-9) + 10);
          const clamped = after.from <= 1e-6 || after.to >= end - 1e-6 || after.to - after.from <= 10.000001;
          if (!clamped) expect(Math.abs(xOf(before, after, lane, scale) - x)).toBeLessThan(0.5);
        },
      ),
    );
  });

  it("pan keeps the drawn length and stays inside", () => {
    fc.assert(
      fc.property(
        scaled,
        width,
        fc.integer({ min: -3000, max: 3000 }),
        ({ end, view, scale }, lane, pixels) => {
          const after = panBy(view, pixels, lane, end, scale);
          const length = (v: { from: number; to: number }) => toDrawn(scale, v.to) - toDrawn(scale, v.from);
          expect(after.from).toBeGreaterThanOrEqual(0);
          if (length(view) > 20) expect(length(after) / length(view)).toBeCloseTo(1, 3);
        },
      ),
    );
  });

  it("a view is always ordered, finite and inside", () => {
    fc.assert(
      fc.property(anything, anything, anything, (from, to, end) => {
        const view = clampView({ from, to }, end);
        expect(Number.isFinite(view.from) && Number.isFinite(view.to)).toBe(true);
        expect(view.to).toBeGreaterThan(view.from);
        expect(view.from).toBeGreaterThanOrEqual(0);
      }),
    );
    expect(fitSpan(1000, 100, 10_000)).toEqual({ from: 990, to: 1110 });
  });
});

describe("scale", () => {
  it("is a bijection that rises", () => {
    fc.assert(
      fc.property(
        scaled,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ end, scale }, a, b) => {
          const [x, y] = [a * end, b * end];
          expect(Math.abs(toTime(scale, toDrawn(scale, x)) - x)).toBeLessThan(end * 1e-6 + 1e-6);
          if (x + end * 1e-9 < y) expect(toDrawn(scale, x)).toBeLessThan(toDrawn(scale, y));
        },
      ),
    );
  });

  it("draws idle stretches 28 px long", () => {
    const stretches = idleStretches(Float64Array.of(0, 900), Float64Array.of(100, 100), 2, 1000);
    expect(stretches).toEqual([{ from: 100, to: 900 }]);
    const scale = compress(stretches, 1000, 828);
    const view = { from: 0, to: 1000 };
    expect(xOf(900, view, 828, scale) - xOf(100, view, 828, scale)).toBeCloseTo(28, 6);
    expect(compress([], 1000, 800)).toBe(LINEAR);
  });
});

describe("ticks", () => {
  it("are nice, inside and at least 70 px apart", () => {
    fc.assert(
      fc.property(scaled, width, ({ view, scale }, lane) => {
        const ticks = ticksOf(view, lane, scale);
        for (const [i, tick] of ticks.entries()) {
          expect(tick.x).toBeGreaterThanOrEqual(-1e-3);
          expect(tick.x).toBeLessThanOrEqual(lane + 1e-3);
          if (i) expect(tick.x - ticks[i - 1]!.x).toBeGreaterThanOrEqual(70 - 1e-3);
        }
      }),
    );
    expect([3, 11e3, 1.1e6, 11e6, 31e6, 100e6, 4000e6].map(niceStep)).toEqual([
      5, 20e3, 2e6, 15e6, 60e6, 120e6, 7200e6,
    ]);
    expect(ticksOf({ from: 0, to: 1e6 }, 800).map((tick) => tick.time)).toEqual([
      0, 1e5, 2e5, 3e5, 4e5, 5e5, 6e5, 7e5, 8e5, 9e5, 1e6,
    ]);
  });
});
