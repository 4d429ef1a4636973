// What the chart of observations asks the server, and how the answers become series. Pure.
import type { Prepared } from "@/kit/chart";
import { formatCost, formatCount, formatMs, formatNumber, formatShare, formatTokens } from "@/kit/format";
import { byDimension, byMetric, numberOf, textOf, type Answer, type Question, type Row } from "@/kit/metrics";
import { both, valueOf, type FieldTerm, type Leaf, type Node } from "@/kit/query-language";

export type MeasureId =
  "count" | "errors" | "p50" | "p95" | "p99" | "ttft" | "ttft-p95" | "cost" | "tokens" | "tps";

export type Measure = {
  id: MeasureId;
  label: string;
  /** `measure:aggregation` of the metrics language. */
  metric: string;
  /** Sums are stacked and have a rest; of percentiles and rates there is none. */
  isSum: boolean;
  format: (value: number | null) => string;
};

const measure = (
  id: MeasureId,
  label: string,
  metric: string,
  isSum: boolean,
  format: Measure["format"],
): Measure => ({ id, label, metric, isSum, format });

export const MEASURES: readonly Measure[] = [
  measure("count", "Observations", "count:count", true, formatCount),
  measure("errors", "Error rate", "errorRate:avg", false, formatShare),
  measure("p50", "Latency p50", "latency:p50", false, formatMs),
  measure("p95", "Latency p95", "latency:p95", false, formatMs),
  measure("p99", "Latency p99", "latency:p99", false, formatMs),
  measure("ttft", "First token p50", "timeToFirstToken:p50", false, formatMs),
  measure("ttft-p95", "First token p95", "timeToFirstToken:p95", false, formatMs),
  measure("cost", "Cost", "totalCost:sum", true, formatCost),
  measure("tokens", "Tokens", "totalTokens:sum", true, formatTokens),
  measure("tps", "Tokens per second p50", "outputTokensPerSecond:p50", false, formatNumber),
];

export type BreakdownId =
  | "none"
  | "model"
  | "name"
  | "type"
  | "level"
  | "tracename"
  | "user"
  | "env"
  | "prompt"
  | "promptversion"
  | "version"
  | "release";

/** A dimension of the metrics language, and the field of the list that says the same. */
type Part = { dimension: string; field: string };
export type Breakdown = { id: BreakdownId; label: string; parts: readonly Part[]; none: string };

const by = (id: BreakdownId, label: string, dimension: string): Breakdown => ({
  id,
  label,
  parts: [{ dimension, field: id }],
  none: `No ${label.toLowerCase()}`,
});

export const BREAKDOWNS: readonly Breakdown[] = [
  { id: "none", label: "Nothing", parts: [], none: "" },
  by("model", "Model", "providedModelName"),
  by("name", "Name", "name"),
  by("type", "Type", "type"),
  by("level", "Level", "level"),
  by("tracename", "Trace name", "traceName"),
  by("user", "User", "userId"),
  by("env", "Environment", "environment"),
  by("prompt", "Prompt", "promptName"),
  {
    id: "promptversion",
    label: "Prompt version",
    parts: [
      { dimension: "promptName", field: "prompt" },
      { dimension: "promptVersion", field: "promptversion" },
    ],
    none: "No prompt",
  },
  by("version", "Version", "version"),
  by("release", "Release", "traceRelease"),
];

/** So many series; what is over is their rest. */
export const TOP = 8;
/** So many groups are told apart at all. */
export const MOST_GROUPS = 1000;
const COUNT = "count:count";

/** "latency:p95" is "p95_latency" in an answer. */
export function keyOf(metric: string): string {
  const [name, aggregation] = metric.split(":");
  return `${aggregation}_${name}`;
}

export function groupsQuestion({ metric, isSum }: Measure, { parts }: Breakdown): Question {
  return {
    view: "observations",
    metrics: [...new Set([metric, COUNT])],
    dimensions: parts.map(({ dimension }) => dimension),
    orderBy: keyOf(isSum ? metric : COUNT),
    limit: MOST_GROUPS,
  };
}

export function seriesQuestion({ metric }: Measure, { parts }: Breakdown): Question {
  return { view: "observations", metrics: [metric], dimensions: parts.map(({ dimension }) => dimension) };
}

export const totalQuestion = ({ metric }: Measure): Question => ({ view: "observations", metrics: [metric] });

export type Group = {
  name: string;
  /** Of each part; null where there is none. */
  values: (string | null)[];
  /** The measure over the whole range. */
  value: number | null;
  count: number;
};

function nameOf(values: readonly (string | null)[], breakdown: Breakdown): string {
  return values[0] ? values.filter((value) => value !== null && value !== "").join("@") : breakdown.none;
}

export function groupsOf({ data }: Answer, { metric }: Measure, breakdown: Breakdown): Group[] {
  return data.map((row) => {
    const values = breakdown.parts.map(({ dimension }) => textOf(row, dimension));
    return {
      name: nameOf(values, breakdown),
      values,
      value: numberOf(row, keyOf(metric)),
      count: numberOf(row, keyOf(COUNT)) ?? 0,
    };
  });
}

/** The tree of the list, narrowed to some groups. */
export function filterOf(
  groups: readonly Group[],
  breakdown: Breakdown,
  filter: Node | undefined,
): Node | undefined {
  const conditions = groups.map(({ values }): Node => ({
    and: breakdown.parts.map(({ field }, place) => conditionOf(field, values[place] ?? null)),
  }));
  return both(filter, { or: conditions });
}

function conditionOf(field: string, value: string | null): Leaf {
  if (value === null || value === "") return { field, op: "exists", value: false };
  return field === "promptversion" ? { field, op: "eq", value: Number(value) } : { field, op: "is", value };
}

/** The same as terms of the query, for links. */
export function termsOf({ values }: Group, breakdown: Breakdown): FieldTerm[] {
  return breakdown.parts.map(({ field }, place) => {
    const text = values[place] ?? "";
    const missing = { kind: "glob", text: "", before: true, after: false } as const;
    return {
      kind: "field",
      negated: text === "",
      field: { name: field },
      value: text === "" ? missing : valueOf([text]),
    };
  });
}

const GROUP = "group";
const REST = "\u0000rest";

/** Series of the groups in their order; the rest of a sum is what the total has beyond them. */
export function seriesOf(
  answer: Answer,
  { metric, isSum }: Measure,
  breakdown: Breakdown,
  groups: readonly Group[],
  total: Answer | null,
): Prepared {
  const key = keyOf(metric);
  const names = groups.slice(0, TOP).map(({ name }) => name);
  const known = new Set(names);
  const rows = answer.data.map((row): Row => {
    const values = breakdown.parts.map(({ dimension }) => textOf(row, dimension));
    const name = nameOf(values, breakdown);
    // Buckets without data come without a name, and belong to no group.
    return known.has(name) ? { ...row, [GROUP]: name } : { ...row, [GROUP]: null, [key]: null };
  });
  const data = isSum && total && groups.length > TOP ? [...rows, ...restOf(rows, total, key)] : rows;
  const options = { fill: isSum ? ("zero" as const) : ("gap" as const), names, top: TOP };
  return { ...byDimension({ ...answer, data }, GROUP, key, "", options), of: groups.length };
}

function restOf(rows: readonly Row[], total: Answer, key: string): Row[] {
  const shown = new Map<string, number>();
  for (const row of rows) {
    const at = textOf(row, "time_dimension") ?? "";
    shown.set(at, (shown.get(at) ?? 0) + (numberOf(row, key) ?? 0));
  }
  return total.data.map((row) => {
    const at = textOf(row, "time_dimension") ?? "";
    // Data may arrive between the two answers.
    const rest = Math.max((numberOf(row, key) ?? 0) - (shown.get(at) ?? 0), 0);
    return { time_dimension: row.time_dimension ?? null, [GROUP]: REST, [key]: rest };
  });
}

/** Without a breakdown there is one series. */
export function singleOf(answer: Answer, { metric, label, isSum }: Measure): Prepared {
  return byMetric(answer, { [keyOf(metric)]: label }, { fill: isSum ? "zero" : "gap" });
}
