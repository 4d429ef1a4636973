// Where an instant lies among buckets, which need not be of equal length.
import type { Prepared } from "./prepare";

/** -1 when it lies outside. */
export function bucketAt(prepared: Pick<Prepared, "times" | "until">, at: number): number {
  if (at < (prepared.times[0] ?? Infinity) || at > prepared.until) return -1;
  let [low, high] = [0, prepared.times.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((prepared.times[middle] ?? 0) <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The first and the last instant of a bucket. */
export function boundsOf(
  prepared: Pick<Prepared, "times" | "until">,
  place: number,
): [from: number, to: number] {
  return [prepared.times[place] ?? 0, prepared.times[place + 1] ?? prepared.until];
}
