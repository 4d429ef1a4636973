import { describe, expect, it } from "vitest";
import type { Answer, Row } from "@/kit/metrics";
import { print } from "@/kit/query-language";
import { errorKinds, messageOf, scoreRows } from "./shapes";

const answer = (...data: Row[]): Answer => ({
  data,
  meta: { truncated: false },
  asked: { scope: { from: 0, to: 1, zone: "UTC" }, over: undefined, at: 1 },
});

describe("errors", () => {
  it("have their share of the observations of their type", () => {
    const errors = answer(
      { errorType: "TimeoutError", type: "TOOL", count_count: 2 },
      { errorType: "RateLimitError", type: "GENERATION", count_count: 5 },
      { errorType: null, type: "SPAN", count_count: 5 },
    );
    const types = answer({ type: "TOOL", count_count: 8 }, { type: "GENERATION", count_count: 50 });
    expect(errorKinds(errors, types)).toEqual([
      { name: "RateLimitError", type: "GENERATION", count: 5, rate: 0.1 },
      { name: "unknown", type: "SPAN", count: 5, rate: null },
      { name: "TimeoutError", type: "TOOL", count: 2, rate: 0.25 },
    ]);
  });

  it.each([
    ["RateLimitError", "status:RateLimitError*"],
    ["job # failed after # tries", 'status:*"failed after"*'],
    ["no such table", 'status:"no such table"*'],
    ["unknown", "-status:*"],
    ["#", ""],
  ])("of the kind %s are found by %s", (kind, q) => expect(print(messageOf(kind))).toBe(q));
});

describe("scores", () => {
  it("are one row for each name, with averages and categories", () => {
    const numbers = answer({ name: "quality", count_count: 4, avg_value: 0.5 });
    const categories = answer(
      { name: "topic", stringValue: "a", count_count: 1 },
      { name: "topic", stringValue: "b", count_count: 6 },
    );
    expect(scoreRows(numbers, categories)).toEqual([
      {
        name: "topic",
        count: 7,
        average: null,
        categories: [
          { value: "b", count: 6 },
          { value: "a", count: 1 },
        ],
      },
      { name: "quality", count: 4, average: 0.5, categories: [] },
    ]);
  });
});
