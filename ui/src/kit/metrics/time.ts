// Buckets of time: how long they are, and the instants that the server's labels stand for.
import { CalendarDate, toZoned } from "@internationalized/date";
import type { Granularity, Range } from "./question";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** So long at most, in this granularity: 30 to 120 buckets, fewer where a range of days would be cut at odd hours. */
const LIMITS: readonly [number, Granularity][] = [
  [2 * HOUR, "minute"],
  [10 * HOUR, "5m"],
  [30 * HOUR, "15m"],
  [5 * DAY, "hour"],
  [15 * DAY, "3h"],
  [28 * DAY, "6h"],
  [120 * DAY, "day"],
  [2.3 * 365 * DAY, "week"],
];

export function chooseGranularity({ from, to }: Range): Granularity {
  return LIMITS.find(([most]) => to - from <= most)?.[1] ?? "month";
}

const STEPS: Partial<Record<Granularity, number>> = {
  minute: MINUTE,
  "5m": 5 * MINUTE,
  "15m": 15 * MINUTE,
  hour: HOUR,
  "3h": 3 * HOUR,
  "6h": 6 * HOUR,
};

/** The first instant of a bucket: minutes and hours are labelled by it, the others by their first date in the zone. */
export function startOf(label: string, zone: string): number {
  if (label.length > 10) return Date.parse(label);
  const [year, month, day] = label.split("-").map(Number);
  return toZoned(new CalendarDate(year ?? 0, month ?? 1, day ?? 1), zone, "earlier")
    .toDate()
    .getTime();
}

/** The first instant after a bucket. */
export function endOf(label: string, granularity: Granularity, zone: string): number {
  const step = STEPS[granularity];
  if (step !== undefined) return Date.parse(label) + step;
  const [year, month, day] = label.split("-").map(Number);
  const date = new CalendarDate(year ?? 0, month ?? 1, day ?? 1);
  const next = date.add(
    granularity === "day" ? { days: 1 } : granularity === "week" ? { weeks: 1 } : { months: 1 },
  );
  return toZoned(next, zone, "earlier").toDate().getTime();
}

/** The period of the same length before this one. */
export function previous<S extends Range>(scope: S): S {
  return { ...scope, from: scope.from - (scope.to - scope.from), to: scope.from };
}
