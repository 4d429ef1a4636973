// Numbers of the user with what they were before, and how they went.
import type { ReactElement } from "react";
import { Card, ErrorState, Skeleton } from "@/design";
import { CostChart, LatencyChart, NUMBERS, statOf, TokensChart, TracesChart, type View } from "@/kit/board";
import { ErrorBoundary } from "@/kit/error-boundary";
import { formatCost, formatCount, formatMs, formatShare, formatTokens } from "@/kit/format";
import { is, tracesHref, useMetrics, type Question } from "@/kit/metrics";
import { paths } from "@/kit/url";
import { print } from "@/kit/query-language";

const OF_USER: Question = { ...NUMBERS, metrics: [...NUMBERS.metrics, "uniqueSessionIds:uniq"] };
const CHARTS = [
  ["Cost by model", CostChart],
  ["Traces by status", TracesChart],
  ["Latency", LatencyChart],
  ["Tokens", TokensChart],
] as const;

export function Overview({ view, userId }: { view: View | null; userId: string }): ReactElement {
  if (!view) return <Skeleton height="20rem" />;
  return (
    <>
      <div className="grid grid-cols-2 gap-3 md:grid-cols-3 xl:grid-cols-6">
        <Numbers view={view} userId={userId} />
      </div>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {CHARTS.map(([label, Part]) => (
          <ErrorBoundary key={label} label={label}>
            <Part view={view} />
          </ErrorBoundary>
        ))}
      </div>
    </>
  );
}

function Numbers({ view, userId }: { view: View; userId: string }): ReactElement {
  const now = useMetrics(view.projectId, OF_USER, view.scope);
  const before = useMetrics(view.projectId, OF_USER, view.before);
  if (now.error) {
    return (
      <Card className="col-span-full">
        <ErrorState
          compact
          error={now.error}
          title="The numbers could not be loaded"
          onRetry={() => void now.refetch()}
        />
      </Card>
    );
  }
  const old = view.before && !before.isPlaceholderData ? before.data?.data[0] : undefined;
  const stat = statOf(now.data?.data[0], old);
  const all = tracesHref(view.place, []);
  const sessions = paths.sessions(view.projectId, {
    q: print([is("user", userId)]),
    range: view.place.range,
  });
  return (
    <>
      {stat("Cost", "sum_totalCost", formatCost, null, all)}
      {stat("Tokens", "sum_totalTokens", formatTokens, null, all)}
      {stat("Traces", "count_count", formatCount, null, all)}
      {stat("Sessions", "uniq_uniqueSessionIds", formatCount, null, sessions)}
      {stat(
        "Error rate",
        "avg_errorRate",
        formatShare,
        "down",
        tracesHref(view.place, [is("level", "ERROR")]),
      )}
      {stat("Latency p95", "p95_latency", formatMs, "down", all)}
    </>
  );
}
