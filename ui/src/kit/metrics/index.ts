// Questions to the server's metrics, and what is made of the answers.
export {
  numberOf,
  textOf,
  write,
  type Answer,
  type Granularity,
  type MetricFilter,
  type Question,
  type Range,
  type Row,
  type Scope,
} from "./question";
export { byDimension, byMetric, type SeriesOptions } from "./series";
export { chooseGranularity, endOf, previous, startOf } from "./time";
export {
  asObservations,
  having,
  is,
  isMissing,
  observationsHref,
  scoresHref,
  tracesHref,
  userHref,
  type Bounds,
  type Place,
} from "./links";
export type { Version } from "./ask";
export { together, useMetrics, type MetricsQuery } from "./use-metrics";
export { REFRESH, useNow, usePageScope, type PageScope, type Refresh } from "./use-scope";
