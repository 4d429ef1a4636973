// The numbers of the page, with what they were in the period before. Each links to the rows that it counts.
import type { ReactElement } from "react";
import { Card, ErrorState, Stat } from "@/design";
import { formatCost, formatCount, formatDelta, formatMs, formatShare, formatTokens } from "@/kit/format";
import { having, is, numberOf, together, tracesHref, observationsHref, useMetrics } from "@/kit/metrics";
import { paths } from "@/kit/url";
import { FIRST_TOKEN, NUMBERS, statOf, type View } from "@/kit/board";

export function Numbers({ view }: { view: View }): ReactElement {
  const now = useMetrics(view.projectId, NUMBERS, view.scope);
  const before = useMetrics(view.projectId, NUMBERS, view.before);
  const row = now.data?.data[0];
  const old = before.data?.data[0];
  const { place } = view;
  const all = tracesHref(place, []);
  const slow = numberOf(row, "p95_latency");
  const stat = statOf(row, view.before && !before.isPlaceholderData ? old : undefined);
  if (now.error) {
    return (
      <Card className="col-span-full">
        <ErrorState
          compact
          error={now.error}
          title="The numbers could not be loaded."
          onRetry={() => void now.refetch()}
        />
      </Card>
    );
  }
  return (
    <>
      {stat("Traces", "count_count", formatCount, null, all)}
      {stat("Error rate", "avg_errorRate", formatShare, "down", tracesHref(place, [is("level", "ERROR")]))}
      {stat("Latency p50", "p50_latency", formatMs, "down", all)}
      {stat(
        "Latency p95",
        "p95_latency",
        formatMs,
        "down",
        slow === null ? all : tracesHref(place, [atLeast(slow)]),
      )}
      <FirstToken view={view} />
      {stat("Cost", "sum_totalCost", formatCost, null, tracesHref(place, [over("cost")]))}
      {stat("Tokens", "sum_totalTokens", formatTokens, null, tracesHref(place, [over("tokens")]))}
      {stat(
        "Users",
        "uniq_uniqueUserIds",
        formatCount,
        "up",
        paths.users(view.projectId, { range: place.range }),
      )}
    </>
  );
}

function FirstToken({ view }: { view: View }): ReactElement {
  const now = useMetrics(view.projectId, FIRST_TOKEN, view.scope);
  const before = useMetrics(view.projectId, FIRST_TOKEN, view.before);
  const state = together(now);
  if (state.error) {
    return (
      <Card>
        <ErrorState compact error={state.error} title="Time to first token" onRetry={state.retry} />
      </Card>
    );
  }
  const value = numberOf(now.data?.data[0], "p50_timeToFirstToken");
  const old =
    view.before && !before.isPlaceholderData ? numberOf(before.data?.data[0], "p50_timeToFirstToken") : null;
  const known = having("ttft", { kind: "compare", op: ">=", text: "0ms" });
  return (
    <Stat
      label="First token p50"
      value={now.data && formatMs(value)}
      delta={formatDelta(value, old, "down")}
      href={observationsHref(view.place, [known], [known])}
    />
  );
}

function atLeast(ms: number) {
  return having("latency", { kind: "compare", op: ">=", text: `${Math.floor(ms)}ms` });
}

function over(field: string) {
  return having(field, { kind: "compare", op: ">", text: "0" });
}
