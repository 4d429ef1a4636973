// What the shared cards ask. Totals are of traces: there usage that a parent span repeats is counted once.
import type { Question } from "@/kit/metrics";

export const NUMBERS: Question = {
  view: "traces",
  metrics: [
    "count:count",
    "errorRate:avg",
    "errorRate:sum",
    "latency:p50",
    "latency:p95",
    "totalCost:sum",
    "totalTokens:sum",
    "uniqueUserIds:uniq",
  ],
};
export const FIRST_TOKEN: Question = {
  view: "observations",
  metrics: ["timeToFirstToken:p50", "timeToFirstToken:p95"],
};

export const TRACES_OVER_TIME: Question = { view: "traces", metrics: ["count:count", "errorRate:sum"] };
export const WARNINGS_OVER_TIME: Question = {
  view: "traces",
  metrics: ["count:count"],
  filters: [{ type: "stringOptions", column: "level", operator: "any of", value: ["WARNING"] }],
};
export const LATENCY_OVER_TIME: Question = {
  view: "traces",
  metrics: ["latency:p50", "latency:p95", "latency:p99"],
};
export const COST_OVER_TIME: Question = {
  view: "observations",
  metrics: ["totalCost:sum"],
  dimensions: ["providedModelName"],
};
export const TOKENS_OVER_TIME: Question = {
  view: "observations",
  metrics: ["usageByType:sum"],
  dimensions: ["usageType"],
  limit: 1000,
};
export const SCORES_OVER_TIME: Question = {
  view: "scores-numeric",
  metrics: ["value:avg"],
  dimensions: ["name"],
};
