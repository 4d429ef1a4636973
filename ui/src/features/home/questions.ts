// What the lists of the home page ask.
import { LIST } from "@/kit/board";
import type { MetricFilter, Question } from "@/kit/metrics";

const only = (column: string, value: string[]): MetricFilter => ({
  type: "stringOptions",
  column,
  operator: "any of",
  value,
});
const known = (column: string): MetricFilter => ({
  type: "null",
  column,
  operator: "is not null",
  value: "",
});

const ERRORS = only("level", ["ERROR"]);
export const MODELS: Question = {
  view: "observations",
  dimensions: ["providedModelName"],
  metrics: [
    "totalCost:sum",
    "count:count",
    "inputTokens:sum",
    "outputTokens:sum",
    "latency:p50",
    "latency:p95",
    "latency:p99",
    "errorRate:avg",
  ],
  filters: [known("providedModelName")],
};
export const TRACE_NAMES: Question = {
  view: "traces",
  dimensions: ["name"],
  metrics: ["count:count", "latency:p95", "errorRate:avg", "totalCost:sum"],
};
export const USERS: Question = {
  view: "traces",
  dimensions: ["userId"],
  metrics: ["totalCost:sum", "count:count", "totalTokens:sum"],
  filters: [known("userId")],
  orderBy: "sum_totalCost",
  limit: LIST,
};
export const ERROR_TYPES: Question = {
  view: "observations",
  dimensions: ["errorType", "type"],
  metrics: ["count:count"],
  filters: [ERRORS],
};
/** How many observations there are of each type: what the rates of errors are of. */
export const OBSERVATION_TYPES: Question = {
  view: "observations",
  dimensions: ["type"],
  metrics: ["count:count", "errorRate:sum"],
};
export const TOOLS: Question = {
  view: "observations",
  dimensions: ["name"],
  metrics: ["errorRate:avg", "errorRate:sum", "count:count", "latency:p95"],
  filters: [only("type", ["TOOL"])],
};
export const SCORES: Question = {
  view: "scores-numeric",
  dimensions: ["name"],
  metrics: ["count:count", "value:avg"],
};
export const CATEGORIES: Question = {
  view: "scores-categorical",
  dimensions: ["name", "stringValue"],
  metrics: ["count:count"],
};
export const ENVIRONMENTS: Question = {
  view: "traces",
  dimensions: ["environment"],
  metrics: ["count:count"],
};
