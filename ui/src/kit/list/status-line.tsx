// Under the table: how many rows are loaded, of how many, how long the query took.
import { useState, type ReactElement } from "react";
import { Button } from "@/design";
import { displayClock, formatCount, formatMs, zoneName } from "../format";
import { sums } from "../filter-bar/strip";
import { countRows, useHistogram } from "./api";
import { MOST_ROWS, type List } from "./use-list";

export function StatusLine<R>({
  list,
  noun,
  live,
  hasHistogram,
}: {
  list: List<R>;
  noun: string;
  live?: string;
  hasHistogram: boolean;
}): ReactElement {
  const { project, entity, scope, rows, hasMore, isFull, isLoadingMore, ms } = list;
  const histogram = useHistogram(project, entity, hasHistogram ? scope : null, displayClock().zone);
  const total =
    hasHistogram && histogram.data && !histogram.isPlaceholderData
      ? Math.max(rows.length, sums(histogram.data.buckets).all)
      : undefined;
  const isUnknown = rows.length === 0 && (list.error !== null || list.isLoading || scope === null);
  const parts = isUnknown
    ? []
    : [hasMore || isFull ? `${formatCount(rows.length)} loaded` : `${formatCount(rows.length)} ${noun}`];
  if (hasMore && total !== undefined) parts[0] += ` of ${formatCount(total)}`;
  if (isFull) parts.push(`${formatCount(MOST_ROWS)} rows are the most: narrow the filter`);
  if (ms !== undefined) parts.push(formatMs(ms));
  if (live) parts.push(live);
  parts.push(`times in ${zoneName()}`);
  return (
    <footer className="flex min-h-7 shrink-0 items-center gap-3 overflow-hidden border-t border-line px-3 text-table whitespace-nowrap text-3">
      <p role="status" className="tabular truncate">
        {isLoadingMore ? "Loading more…" : parts.join(" · ")}
      </p>
      {hasMore && total === undefined && <Counter key={JSON.stringify(list.queryKey)} list={list} />}
    </footer>
  );
}

/** The exact number, on request. */
function Counter<R>({ list }: { list: List<R> }): ReactElement {
  const [answer, setAnswer] = useState<string>();
  const count = async (): Promise<void> => {
    setAnswer("Counting…");
    const found = await countRows(list.project, list.entity, list.scope ?? {}).catch(() => null);
    setAnswer(
      found ? `${formatCount(found.count, { estimated: !found.exact })} in all` : "Could not be counted",
    );
  };
  if (answer) return <span className="tabular">{answer}</span>;
  return (
    <Button variant="quiet" size="compact" onPress={() => void count()}>
      Count all
    </Button>
  );
}
