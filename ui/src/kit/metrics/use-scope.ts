// The range and the filter of a page as questions need them. A relative range is anchored: "now" moves only when the
// range or the filter is changed, or at the refresh that the reader chose.
import { useCallback, useEffect, useMemo, useState } from "react";
import { useQuery } from "@tanstack/react-query";
import { displayClock } from "@/kit/format";
import { DEFAULT_RANGE, parseRange, resolveRange } from "@/kit/time-range/range";
import { ask } from "./ask";
import { numberOf, textOf, type Granularity, type Question, type Range, type Scope } from "./question";
import { chooseGranularity, previous, startOf } from "./time";

export const REFRESH = { off: 0, "30s": 30_000, "1m": 60_000, "5m": 300_000 } as const;
export type Refresh = keyof typeof REFRESH;

export type PageScope = { scope: Scope; before: Scope | null; over: Granularity; now: number };

/** The instant that the page shows. A hidden tab does not refresh, and catches up when it is shown. */
export function useNow(key: string, refresh: Refresh): [now: number, renew: () => void] {
  const [renewed, setRenewed] = useState(0);
  const renew = useCallback(() => setRenewed((count) => count + 1), []);
  const every = REFRESH[refresh];
  useEffect(() => {
    if (every === 0) return undefined;
    let isDue = false;
    const tick = () => {
      isDue = document.hidden;
      if (!isDue) renew();
    };
    const timer = setInterval(tick, every);
    const shown = () => isDue && tick();
    document.addEventListener("visibilitychange", shown);
    return () => {
      clearInterval(timer);
      document.removeEventListener("visibilitychange", shown);
    };
  }, [every, renew]);
  const mark = `${renewed} ${key}`;
  const [shownAt, setShownAt] = useState({ mark, now: present() });
  const current = shownAt.mark === mark ? shownAt : { mark, now: present() };
  if (current !== shownAt) setShownAt(current);
  return [current.now, renew];
}

function present(): number {
  return Date.now();
}

/** Null until the start of the data is known, which only "all time" has to ask for. */
export function usePageScope(
  projectId: string,
  range: string,
  now: number,
  traceFilter: unknown,
): PageScope | null {
  const zone = displayClock().zone;
  const resolved = useMemo(
    () =>
      resolveRange(parseRange(range) ?? parseRange(DEFAULT_RANGE)!, now, zone === "UTC" ? "UTC" : "local"),
    [range, now, zone],
  );
  const isAll = resolved.from === undefined;
  const start = useStart(projectId, isAll, now);
  const from = resolved.from ?? start;
  const to = resolved.to ?? now;
  return useMemo(() => {
    if (from === undefined) return null;
    const scope: Scope = {
      from,
      to: Math.max(to, from + 1000),
      zone,
      ...(traceFilter === undefined ? {} : { traceFilter }),
    };
    return { scope, before: isAll ? null : previous(scope), over: chooseGranularity(scope), now };
  }, [from, to, zone, traceFilter, isAll, now]);
}

const YEARS_20 = 20 * 365 * 86_400_000;
const WEEK = 7 * 86_400_000;

/** The day of the first trace of a project; a week ago when there is none. */
function useStart(projectId: string, isWanted: boolean, now: number): number | undefined {
  const { data } = useQuery({
    queryKey: ["metrics", projectId, "start"],
    queryFn: async ({ signal }) => {
      const month = await firstBucket(projectId, { from: now - YEARS_20, to: now }, "month", signal);
      if (month === undefined) return now - WEEK;
      return (
        (await firstBucket(projectId, { from: month, to: month + 31 * 86_400_000 }, "day", signal)) ?? month
      );
    },
    enabled: isWanted,
  });
  return isWanted ? data : undefined;
}

async function firstBucket(
  projectId: string,
  range: Range,
  over: Granularity,
  signal: AbortSignal,
): Promise<number | undefined> {
  const question: Question = { view: "traces", metrics: ["count:count"], over };
  const answer = await ask(projectId, "v1", question, { ...range, zone: "UTC" }, signal);
  const first = answer.data.find((row) => (numberOf(row, "count_count") ?? 0) > 0);
  return first && startOf(textOf(first, "time_dimension") ?? "", "UTC");
}
