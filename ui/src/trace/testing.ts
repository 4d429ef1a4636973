// Traces for tests: hand-made ones, and random ones with everything that goes wrong in the wild.
import fc from "fast-check";

import type { Skeleton, SpanRow } from "./skeleton";

export function span(
  id: string,
  parentId: string,
  start: number,
  duration: number,
  more: Partial<SpanRow> = {},
): SpanRow {
  return {
    id,
    parentId,
    name: id,
    type: "SPAN",
    level: 1,
    start,
    duration,
    ttft: -1,
    model: "",
    tokensIn: 0,
    tokensOut: 0,
    tokens: 0,
    cost: NaN,
    flags: 0,
    ...more,
  };
}

export function trace(rows: SpanRow[]): Skeleton {
  return { traceId: "t", rows, total: rows.length, truncated: false, cursor: "0" };
}

const types = ["SPAN", "GENERATION", "TOOL", "AGENT", "EVENT"];

/** Up to 40 spans: duplicate ids, cycles, orphans, unknown ends, zero lengths and skewed clocks included. */
export const anySkeleton: fc.Arbitrary<Skeleton> = fc
  .array(
    fc.record({
      id: fc.integer({ min: 0, max: 45 }),
      parent: fc.oneof(
        { weight: 1, arbitrary: fc.constant(-1) },
        { weight: 4, arbitrary: fc.integer({ min: 0, max: 50 }) },
      ),
      name: fc.constantFrom("a", "b", "c"),
      type: fc.constantFrom(...types),
      level: fc.integer({ min: 0, max: 3 }),
      start: fc.integer({ min: 0, max: 60 }).map((n) => 1.7e15 + n * 700),
      duration: fc.oneof(
        fc.constant(-1),
        fc.integer({ min: 0, max: 40 }).map((n) => n * 700),
      ),
      tokens: fc.integer({ min: 0, max: 9 }),
      cost: fc.oneof(fc.constant(NaN), fc.integer({ min: 0, max: 100 })),
    }),
    { maxLength: 40 },
  )
  .map((spans) =>
    trace(
      spans.map(({ id, parent, start, duration, ...rest }) =>
        span(`s${id}`, parent < 0 ? "" : `s${parent}`, start, duration, rest),
      ),
    ),
  );

/** A trace of n spans: agents with turns of a generation and some tools. */
export function bigTrace(n: number): Skeleton {
  const rows: SpanRow[] = [span("root", "", 1.7e15, n * 1000, { type: "AGENT" })];
  for (let i = 1; i < n; i++) {
    const turn = i - (i % 50);
    const head = i % 50 === 0;
    const parent = head ? "root" : i % 5 === 0 ? `s${turn || 1}` : `s${i - 1}`;
    const at = 1.7e15 + i * 900;
    const type = head ? "AGENT" : i % 5 === 1 ? "GENERATION" : "TOOL";
    const more = {
      name: `${type.toLowerCase()}-${i % 7}`,
      type,
      tokens: 10,
      cost: 0.001,
      level: i % 997 === 0 ? 3 : 1,
    };
    rows.push(span(`s${i}`, i === 1 ? "root" : parent, at, 800, more));
  }
  return trace(rows);
}
