// What a chart shows, in words: for those who hear it.
import type { Prepared } from "./prepare";

export type Words = {
  /** A value as it is written in the chart. */
  value: (value: number) => string;
  /** The first instant of a bucket. */
  time: (at: number) => string;
};

/** "48 buckets from … to …. ok: 1,204 in total, at most 60 at 14:00; error: none." */
export function summarize(prepared: Prepared, words: Words): string {
  const first = prepared.times[0];
  const last = prepared.times.at(-1);
  if (first === undefined || last === undefined) return "No data.";
  const many = prepared.times.length === 1 ? "1 bucket" : `${prepared.times.length} buckets`;
  const parts = prepared.series.map((_, place) => oneSeries(prepared, place, words));
  return `${many} from ${words.time(first)} to ${words.time(prepared.until)}. ${parts.join("; ")}.`;
}

function oneSeries(prepared: Prepared, which: number, words: Words): string {
  const series = prepared.series[which];
  if (!series) return "";
  let high = -1;
  let last = -1;
  series.values.forEach((value, place) => {
    if (value === null) return;
    last = place;
    if (high < 0 || value > (series.values[high] ?? 0)) high = place;
  });
  const [top, end] = [series.values[high], series.values[last]];
  if (top === undefined || top === null || end === undefined || end === null)
    return `${series.name}: no data`;
  const peak = `at most ${words.value(top)} at ${words.time(prepared.times[high] ?? 0)}`;
  if (series.total === null) return `${series.name}: last ${words.value(end)}, ${peak}`;
  return series.total === 0
    ? `${series.name}: none`
    : `${series.name}: ${words.value(series.total)} in total, ${peak}`;
}

/** One bucket, as it is announced when the crosshair stands on it. */
export function sayBucket(prepared: Prepared, place: number, words: Words): string {
  const at = prepared.times[place];
  if (at === undefined) return "";
  const parts = prepared.series.map(({ name, values }) => {
    const value = values[place];
    return `${name} ${value === null || value === undefined ? "no data" : words.value(value)}`;
  });
  const note = prepared.isPartial[place] ? ", part of the bucket" : "";
  return `${words.time(at)}${note}: ${parts.join(", ")}`;
}
