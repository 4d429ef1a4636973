// The time range kit: <TimeRange value={range} onChange>, the codec of `range`, and anchored ISO ends.
export { labelRange, zoneName } from "./label";
export {
  DEFAULT_RANGE,
  parseRange,
  printRange,
  readRange,
  resolveRange,
  shiftRange,
  widenRange,
  type Range,
  type Resolved,
  type Zone,
} from "./range";
export { TimeRange, type TimeRangeProps } from "./time-range";
export { displayZone, rangeField, useAnchored, useRangeMemory, type Anchored } from "./use-range";
