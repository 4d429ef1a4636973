// The time range of a page: the address wins; else the one that the reader used last in this project, in memory.
import { useEffect, useMemo, useState } from "react";
import { displayClock } from "../format";
import type { Field } from "../url";
import { DEFAULT_RANGE, parseRange, resolveRange, type Range, type Zone } from "./range";

export const rangeField = (fallback = DEFAULT_RANGE): Field<string> => ({
  parse: (text) => (parseRange(text) ? text : undefined),
  print: (text) => text,
  default: fallback,
});

const lastUsed = new Map<string, string>();

export function displayZone(): Zone {
  return displayClock().zone === "UTC" ? "UTC" : "local";
}

/** Carries the range from screen to screen: a page without one in its address takes over the last one. */
export function useRangeMemory(
  project: string,
  range: string,
  isInAddress: boolean,
  adopt: (range: string) => void,
): void {
  const [entry] = useState(() => ({ known: lastUsed.get(project), isInAddress }));
  useEffect(() => {
    if (!entry.isInAddress && entry.known !== undefined && entry.known !== range) adopt(entry.known);
    // Only on arrival.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, []);
  useEffect(() => {
    lastUsed.set(project, range);
  }, [project, range]);
}

const clock = (): number => Date.now();

export type Anchored = { range: Range; from?: string; to?: string; anchor: number };

/** ISO ends of a range, anchored: "now" is the moment when the range was chosen or `refreshed` changed. */
export function useAnchored(text: string, refreshed: number): Anchored {
  return useMemo(() => {
    void refreshed;
    const anchor = clock();
    const range = parseRange(text) ?? { kind: "relative" as const, token: DEFAULT_RANGE };
    const { from, to } = resolveRange(range, anchor, displayZone());
    const iso = (ms: number | undefined) => (ms === undefined ? undefined : new Date(ms).toISOString());
    return { range, from: iso(from), to: iso(to), anchor };
  }, [text, refreshed]);
}
