import { describe, expect, it } from "vitest";
import type { Answer, Row } from "@/kit/metrics";
import { differingSum, kindsOf, statesOf, tokenKind } from "./shapes";

const answer = (...data: Row[]): Answer => ({
  data,
  meta: { truncated: false },
  asked: { scope: { from: 0, to: 1, zone: "UTC" }, over: undefined, at: 1 },
});

describe("states", () => {
  it("are what is left of all traces", () => {
    const all = answer(
      { time_dimension: "a", count_count: 10, sum_errorRate: 2 },
      { time_dimension: "b", count_count: 0, sum_errorRate: 0 },
    );
    const made = statesOf(all, answer({ time_dimension: "a", count_count: 3 }));
    expect(made.data).toEqual([
      { time_dimension: "a", ok: 5, warning: 3, error: 2 },
      { time_dimension: "b", ok: 0, warning: 0, error: 0 },
    ]);
  });
});

describe("kinds of tokens", () => {
  it.each([
    ["input", "input"],
    ["prompt_tokens", "input"],
    ["input_cached_tokens", "cached"],
    ["cache_read_input_tokens", "cached"],
    ["output", "output"],
    ["output_reasoning_tokens", "reasoning"],
    ["audio_seconds", "other"],
    ["total", null],
  ])("%s is %s", (type, kind) => expect(tokenKind(type)).toBe(kind));

  it("never count the total again", () => {
    const made = kindsOf(
      answer(
        { usageType: "total", time_dimension: "a", sum_usageByType: 30 },
        { usageType: "input", time_dimension: "a", sum_usageByType: 20 },
        { usageType: null, time_dimension: "b", sum_usageByType: 0 },
      ),
    );
    expect(made.data.map(({ usageType, sum_usageByType }) => [usageType, sum_usageByType])).toEqual([
      [null, 0],
      ["input", 20],
      [null, 0],
    ]);
  });
});

describe("sums that differ", () => {
  const rows = [{ cost: 1 }, { cost: 2 }, { cost: null }];
  it.each([
    [3, null],
    [3.01, null],
    [2, 3],
    [0, 3],
    [null, 3],
  ])("from a total of %s", (total, expected) => {
    expect(differingSum(rows, "cost", total)).toBe(expected);
  });
  it("are none of nothing", () => expect(differingSum([], "cost", null)).toBeNull());
});
