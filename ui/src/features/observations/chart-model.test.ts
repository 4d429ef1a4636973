import { describe, expect, it } from "vitest";
import type { Answer, Row } from "@/kit/metrics";
import { print } from "@/kit/query-language";
import {
  BREAKDOWNS,
  filterOf,
  groupsOf,
  groupsQuestion,
  keyOf,
  MEASURES,
  seriesOf,
  singleOf,
  termsOf,
  type Breakdown,
  type Measure,
} from "./chart-model";

const measure = (id: string): Measure => MEASURES.find((each) => each.id === id)!;
const breakdown = (id: string): Breakdown => BREAKDOWNS.find((each) => each.id === id)!;
const DAY = 86_400_000;
const from = Date.parse("2026-01-01T00:00Z");
const answer = (data: Row[]): Answer => ({
  data,
  meta: { truncated: false },
  asked: { scope: { from, to: from + 2 * DAY, zone: "UTC" }, over: "day", at: from + 3 * DAY },
});
const [FIRST, SECOND] = ["2026-01-01", "2026-01-02"];

describe("what is asked", () => {
  it("of groups: the measure, how many, the largest first", () => {
    expect(groupsQuestion(measure("cost"), breakdown("promptversion"))).toEqual({
      view: "observations",
      metrics: ["totalCost:sum", "count:count"],
      dimensions: ["promptName", "promptVersion"],
      orderBy: "sum_totalCost",
      limit: 1000,
    });
    // Percentiles of a group with one call say little.
    expect(groupsQuestion(measure("p95"), breakdown("model")).orderBy).toBe("count_count");
    expect(groupsQuestion(measure("count"), breakdown("model")).metrics).toEqual(["count:count"]);
  });

  it("of series: the rows of the list that belong to the groups", () => {
    const groups = groupsOf(
      answer([
        { promptName: "greet", promptVersion: 2, count_count: 3 },
        { promptName: null, promptVersion: null, count_count: 1 },
      ]),
      measure("count"),
      breakdown("promptversion"),
    );
    expect(groups.map(({ name, value, count }) => [name, value, count])).toEqual([
      ["greet@2", 3, 3],
      ["No prompt", 1, 1],
    ]);
    const own = { field: "env", op: "is", value: "prod" } as const;
    const conditions = {
      or: [
        {
          and: [
            { field: "prompt", op: "is", value: "greet" },
            { field: "promptversion", op: "eq", value: 2 },
          ],
        },
        {
          and: [
            { field: "prompt", op: "exists", value: false },
            { field: "promptversion", op: "exists", value: false },
          ],
        },
      ],
    };
    expect(filterOf(groups, breakdown("promptversion"), own)).toEqual({ and: [own, conditions] });
    expect(filterOf(groups, breakdown("promptversion"), undefined)).toEqual(conditions);
    expect(groups.map((group) => print(termsOf(group, breakdown("promptversion"))))).toEqual([
      "prompt:greet promptversion:2",
      "-prompt:* -promptversion:*",
    ]);
  });

  it("names metrics as answers do", () => {
    expect(keyOf("latency:p95")).toBe("p95_latency");
  });
});

describe("series", () => {
  const models = Array.from({ length: 9 }, (_, at) => `m${at}`);
  const groups = groupsOf(
    answer(models.map((model, at) => ({ providedModelName: model, count_count: 20 - at }))),
    measure("count"),
    breakdown("model"),
  );

  it("are the largest groups, and the rest is what the total has beyond them", () => {
    const rows = models.slice(0, 8).flatMap((providedModelName) => [
      { time_dimension: FIRST!, providedModelName, count_count: 2 },
      { time_dimension: SECOND!, providedModelName: null, count_count: 0 },
    ]);
    const total = answer([
      { time_dimension: FIRST!, count_count: 19 },
      { time_dimension: SECOND!, count_count: 0 },
    ]);
    const made = seriesOf(answer(rows), measure("count"), breakdown("model"), groups, total);
    expect(made.series.map(({ name, values }) => [name, values])).toEqual([
      ...models.slice(0, 8).map((name) => [name, [2, 0]]),
      ["Other", [3, 0]],
    ]);
    expect([made.of, made.hasOther]).toEqual([9, true]);
  });

  it("of percentiles have gaps and no rest", () => {
    const rows = [
      { time_dimension: FIRST!, providedModelName: "m0", p95_latency: 120 },
      { time_dimension: SECOND!, providedModelName: null, p95_latency: null },
    ];
    const made = seriesOf(answer(rows), measure("p95"), breakdown("model"), groups.slice(0, 1), null);
    expect(made.series).toEqual([{ name: "m0", values: [120, null], total: null }]);
    expect(made.hasOther).toBe(false);
  });

  it("without a breakdown is one", () => {
    const made = singleOf(answer([{ time_dimension: FIRST!, avg_errorRate: 0.25 }]), measure("errors"));
    expect(made.series).toEqual([{ name: "Error rate", values: [0.25], total: null }]);
  });
});
