// The metrics query language of the server (docs/reference/metrics.md), as far as the UI asks it.

export type View = "traces" | "observations" | "scores-numeric" | "scores-boolean" | "scores-categorical";
export type Aggregation =
  "sum" | "avg" | "count" | "max" | "min" | "p50" | "p75" | "p90" | "p95" | "p99" | "uniq";
export type Granularity = "minute" | "5m" | "15m" | "hour" | "3h" | "6h" | "day" | "week" | "month";

export type MetricFilter = {
  type: string;
  column: string;
  operator: string;
  value: string | number | boolean | string[];
  key?: string;
};

export type Question = {
  view: View;
  /** `measure:aggregation`, as "latency:p95". */
  metrics: readonly string[];
  dimensions?: readonly string[];
  filters?: readonly MetricFilter[];
  /** A metric in its answer's name, as "sum_totalCost"; the greatest first. */
  orderBy?: string;
  limit?: number;
  /** In buckets of time. */
  over?: Granularity;
};

/** Milliseconds; `to` is exclusive. */
export type Range = { from: number; to: number };

/** What all questions of a page have in common. */
export type Scope = Range & {
  zone: string;
  /** Only what belongs to traces that meet this tree (the `q` of the page). */
  traceFilter?: unknown;
  /** Only rows that meet this tree themselves, in the words of their list. */
  rowFilter?: unknown;
};

export type Value = string | number | boolean | null;
export type Row = Record<string, Value>;
export type Answer = {
  data: Row[];
  /** What it is the answer to, and when that was: while a new one loads, an old one is shown. */
  asked: { scope: Scope; over: Granularity | undefined; at: number };
  meta: { truncated: boolean; percentiles?: "exact" | "approximate" | null; distinctCounts?: string | null };
};

/** The JSON of the parameter `query`. Equal questions are equal texts, which the server answers from memory. */
export function write(question: Question, scope: Scope): string {
  return JSON.stringify({
    view: question.view,
    metrics: question.metrics.map((metric) => {
      const [measure, aggregation] = metric.split(":");
      return { measure, aggregation };
    }),
    dimensions: (question.dimensions ?? []).map((field) => ({ field })),
    filters: question.filters ?? [],
    ...(scope.traceFilter === undefined ? {} : { traceFilter: scope.traceFilter }),
    ...(scope.rowFilter === undefined ? {} : { rowFilter: scope.rowFilter }),
    ...(question.over ? { timeDimension: { granularity: question.over } } : {}),
    timeZone: scope.zone,
    fromTimestamp: new Date(scope.from).toISOString(),
    toTimestamp: new Date(scope.to).toISOString(),
    ...(question.orderBy ? { orderBy: [{ field: question.orderBy, direction: "desc" }] } : {}),
    ...(question.limit ? { config: { row_limit: question.limit } } : {}),
  });
}

/** A number of a row; null where it is unknown. */
export function numberOf(row: Row | undefined, name: string): number | null {
  const value = row?.[name];
  return typeof value === "number" ? value : null;
}

export function textOf(row: Row, name: string): string | null {
  const value = row[name];
  return value === null || value === undefined ? null : String(value);
}
