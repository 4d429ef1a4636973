// Instants in words, as precise as the buckets are long. Days are those of the zone that made the buckets.
import { displayClock } from "../format";
import type { Prepared } from "./prepare";

const DAY_MS = 86_400_000;

export type TimeWords = {
  /** A bucket, or the end of the last one. */
  time: (at: number) => string;
  /** A tick of the axis; `step` is the distance of two. */
  tick: (at: number, step: number) => string;
};

export function timeWords(prepared: Pick<Prepared, "times" | "until">, zone: string): TimeWords {
  const step = (prepared.until - (prepared.times[0] ?? prepared.until)) / Math.max(prepared.times.length, 1);
  const make = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options });
  const day = make({ day: "numeric", month: "short" });
  const month = make({ month: "short", year: "numeric" });
  const { hour12 } = displayClock();
  const clock = make(
    hour12
      ? { hour: "numeric", minute: "2-digit", hour12 }
      : { hour: "2-digit", minute: "2-digit", hourCycle: "h23" },
  );
  const midnight = make({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const isLong = step > DAY_MS * 200 || prepared.until - (prepared.times[0] ?? 0) > 400 * DAY_MS;
  const date = (at: number) =>
    isLong ? `${day.format(at)} ${new Date(at).getUTCFullYear()}` : day.format(at);
  return {
    time: (at) => (step >= DAY_MS * 0.9 ? date(at) : `${day.format(at)} ${clock.format(at)}`),
    tick: (at, between) => {
      if (between >= 27 * DAY_MS) return month.format(at);
      if (between >= DAY_MS * 0.9) return day.format(at);
      return midnight.format(at) === "00:00" ? day.format(at) : clock.format(at);
    },
  };
}
