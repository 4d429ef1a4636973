import { describe, expect, it } from "vitest";
import { write, type Answer, type Scope } from "./question";
import { byDimension, byMetric } from "./series";
import { chooseGranularity, endOf, previous, startOf } from "./time";

const at = (text: string) => Date.parse(text);
const iso = (ms: number) => new Date(ms).toISOString().slice(0, 16);
const HOUR = 3_600_000;

describe("time", () => {
  it.each([
    [1, "minute"],
    [6, "5m"],
    [24, "15m"],
    [72, "hour"],
    [168, "3h"],
    [336, "3h"],
    [720, "day"],
    [2160, "day"],
    [8760, "week"],
    [24 * 365 * 5, "month"],
  ] as const)("%i hours are drawn by %s", (hours, expected) => {
    expect(chooseGranularity({ from: 0, to: hours * HOUR })).toBe(expected);
  });

  it("reads dates as the first instant of the day in the zone, also when the clock is changed", () => {
    expect(iso(startOf("2025-03-30", "Europe/Berlin"))).toBe("2025-03-29T23:00");
    expect(iso(endOf("2025-03-30", "day", "Europe/Berlin"))).toBe("2025-03-30T22:00");
    expect(iso(endOf("2025-03-01", "month", "UTC"))).toBe("2025-04-01T00:00");
    expect(iso(endOf("2025-03-24", "week", "Europe/Berlin"))).toBe("2025-03-30T22:00");
    expect(iso(endOf("2025-03-30T10:00:00.000Z", "3h", "Europe/Berlin"))).toBe("2025-03-30T13:00");
  });

  it("knows the period before", () => {
    expect(previous({ from: 100, to: 160 })).toEqual({ from: 40, to: 100 });
  });
});

describe("questions", () => {
  it("are written as the language has them, equal ones as equal texts", () => {
    const scope: Scope = {
      from: at("2026-01-01T00:00Z"),
      to: at("2026-01-02T00:00Z"),
      zone: "UTC",
      traceFilter: { and: [] },
    };
    const text = write(
      { view: "traces", metrics: ["latency:p95"], dimensions: ["name"], orderBy: "p95_latency", limit: 5 },
      scope,
    );
    expect(JSON.parse(text)).toEqual({
      view: "traces",
      metrics: [{ measure: "latency", aggregation: "p95" }],
      dimensions: [{ field: "name" }],
      filters: [],
      traceFilter: { and: [] },
      timeZone: "UTC",
      fromTimestamp: "2026-01-01T00:00:00.000Z",
      toTimestamp: "2026-01-02T00:00:00.000Z",
      orderBy: [{ field: "p95_latency", direction: "desc" }],
      config: { row_limit: 5 },
    });
  });
});

describe("series", () => {
  const scope: Scope = { from: at("2026-01-01T00:00Z"), to: at("2026-01-04T00:00Z"), zone: "UTC" };
  const asked = { over: "day" as const, scope, at: at("2026-01-03T12:00Z") };
  const answer: Answer = {
    data: [
      { model: "a", time_dimension: "2026-01-01", sum_cost: 2, p50_latency: 5 },
      { model: null, time_dimension: "2026-01-01", sum_cost: 1, p50_latency: null },
      { model: null, time_dimension: "2026-01-02", sum_cost: 0, p50_latency: null },
      { model: "a", time_dimension: "2026-01-03", sum_cost: null, p50_latency: 7 },
    ],
    meta: { truncated: false },
    asked,
  };

  it("of a dimension: buckets without data make no series of their own", () => {
    const made = byDimension(answer, "model", "sum_cost", "No model", { fill: "zero" });
    expect(made.series).toEqual([
      { name: "a", values: [2, 0, 0], total: 2 },
      { name: "No model", values: [1, 0, 0], total: 1 },
    ]);
    const quiet = byDimension({ ...answer, data: answer.data.slice(2) }, "model", "sum_cost", "No model", {
      fill: "zero",
    });
    expect(quiet.series).toEqual([]);
    expect(made.isPartial).toEqual([false, false, true]);
    expect(iso(made.until)).toBe("2026-01-04T00:00");
  });

  it("of several metrics, with gaps", () => {
    const one = {
      ...answer,
      data: answer.data.filter(({ model, sum_cost }) => model !== null || sum_cost === 0),
    };
    expect(byMetric(one, { p50_latency: "p50" }, { fill: "gap" }).series).toEqual([
      { name: "p50", values: [5, null, 7], total: null },
    ]);
  });
});
