// The charts over time. They share their buckets and their crosshair.
import { useMemo, type ReactElement } from "react";
import { boundsOf, ChartCard, OTHER, type Prepared } from "@/kit/chart";
import { formatCost, formatCount, formatMs, formatScore, formatTokens } from "@/kit/format";
import {
  byDimension,
  byMetric,
  having,
  is,
  isMissing,
  numberOf,
  observationsHref,
  scoresHref,
  together,
  tracesHref,
  useMetrics,
  type Answer,
  type Question,
} from "@/kit/metrics";
import {
  COST_OVER_TIME,
  LATENCY_OVER_TIME,
  NUMBERS,
  SCORES_OVER_TIME,
  TOKENS_OVER_TIME,
  TRACES_OVER_TIME,
  WARNINGS_OVER_TIME,
} from "./questions";
import { differingSum, kindsOf, NO_MODEL, STATES, statesOf, TOKEN_KINDS } from "./shapes";
import { SYNC, type View } from "./view";

type Props = { view: View };

const LEVELS: Record<string, string> = { error: "ERROR", warning: "WARNING" };

function over(question: Question, view: View): Question {
  return { ...question, over: view.over };
}

/** Props that are the same for all charts of the page. */
function common(view: View) {
  return { zone: view.scope.zone, syncKey: SYNC };
}

/** Made once for an answer: `make` must only use what it is given. */
function usePrepared(answer: Answer | undefined, make: (answer: Answer) => Prepared): Prepared | null {
  // eslint-disable-next-line react-hooks/exhaustive-deps -- see above
  return useMemo(() => (answer ? make(answer) : null), [answer]);
}

/** The bounds of a bucket, no wider than the page's range. */
function bucket(prepared: Prepared, place: number, view: View) {
  const [from, to] = boundsOf(prepared, place);
  return { from: Math.max(from, view.scope.from), to: Math.min(to, view.scope.to) };
}

export function TracesChart({ view }: Props): ReactElement {
  const all = useMetrics(view.projectId, over(TRACES_OVER_TIME, view), view.scope);
  const warned = useMetrics(view.projectId, over(WARNINGS_OVER_TIME, view), view.scope);
  const answer = useMemo(
    () => (all.data && warned.data ? statesOf(all.data, warned.data) : undefined),
    [all.data, warned.data],
  );
  const names = Object.fromEntries(STATES.map((state) => [state, state]));
  const prepared = usePrepared(answer, (given) => byMetric(given, names, { fill: "zero" }));
  const terms = (name: string | null) => {
    if (name === "ok")
      return [
        { ...is("level", "ERROR"), negated: true },
        { ...is("level", "WARNING"), negated: true },
      ];
    const level = name && LEVELS[name];
    return level ? [is("level", level)] : [];
  };
  return (
    <ChartCard
      {...common(view)}
      title="Traces by status"
      book={view.books.states}
      kind="bars"
      value={formatCount}
      state={together(all, warned)}
      prepared={prepared}
      emptyText="No traces in this range."
      hrefOf={(place, name) =>
        prepared ? tracesHref(view.place, terms(name), bucket(prepared, place, view)) : undefined
      }
      hrefOfSeries={(name) => tracesHref(view.place, terms(name))}
    />
  );
}

export function LatencyChart({ view }: Props): ReactElement {
  const query = useMetrics(view.projectId, over(LATENCY_OVER_TIME, view), view.scope);
  const names = { p50_latency: "p50", p95_latency: "p95", p99_latency: "p99" };
  const prepared = usePrepared(query.data, (given) => byMetric(given, names, { fill: "gap" }));
  return (
    <ChartCard
      {...common(view)}
      title="Latency of traces"
      book={view.books.latencies}
      kind="line"
      value={formatMs}
      state={together(query)}
      prepared={prepared}
      note={query.data?.meta.percentiles === "approximate" ? "Percentiles are at most 0.5 % off." : undefined}
      emptyText="No trace with a latency in this range."
      hrefOf={(place, name) => {
        if (!prepared) return undefined;
        const ms = prepared.series.find((series) => series.name === name)?.values[place];
        const slow = ms
          ? [having("latency", { kind: "compare", op: ">=", text: `${Math.floor(ms)}ms` })]
          : [];
        return tracesHref(view.place, slow, bucket(prepared, place, view));
      }}
      hrefOfSeries={() => tracesHref(view.place, [])}
    />
  );
}

export function CostChart({ view }: Props): ReactElement {
  const query = useMetrics(view.projectId, over(COST_OVER_TIME, view), view.scope);
  const total = useMetrics(view.projectId, NUMBERS, view.scope);
  const prepared = usePrepared(query.data, (given) =>
    byDimension(given, "providedModelName", "sum_totalCost", NO_MODEL, { fill: "zero" }),
  );
  const terms = (name: string | null) =>
    name === null || name === OTHER ? [] : [name === NO_MODEL ? isMissing("model") : is("model", name)];
  const differs =
    query.data && total.data
      ? differingSum(query.data.data, "sum_totalCost", numberOf(total.data.data[0], "sum_totalCost"))
      : null;
  return (
    <ChartCard
      {...common(view)}
      title="Cost by model"
      book={view.books.models}
      kind="bars"
      value={formatCost}
      state={together(query)}
      prepared={prepared}
      note={differs === null ? undefined : costNote(differs)}
      emptyText="No model call with a cost above $0 in this range."
      hrefOf={(place, name) =>
        prepared
          ? observationsHref(view.place, terms(name), terms(name), bucket(prepared, place, view))
          : undefined
      }
      hrefOfSeries={(name) => observationsHref(view.place, terms(name), terms(name))}
    />
  );
}

/** Why the models' costs are not the total. */
export function costNote(sum: number): string {
  return (
    `Observations add up to ${formatCost(sum)}: what a parent span repeats of its calls counts once in the total, ` +
    "and calls count in the hour they began."
  );
}

export function TokensChart({ view }: Props): ReactElement {
  const query = useMetrics(view.projectId, over(TOKENS_OVER_TIME, view), view.scope, "v2");
  const prepared = usePrepared(query.data, (given) =>
    byDimension(kindsOf(given), "usageType", "sum_usageByType", "other", {
      fill: "zero",
      names: TOKEN_KINDS,
    }),
  );
  return (
    <ChartCard
      {...common(view)}
      title="Tokens by kind"
      book={view.books.tokens}
      kind="bars"
      value={formatTokens}
      state={together(query)}
      prepared={prepared}
      note={query.data?.meta.truncated ? "Not all kinds of usage are counted: narrow the range." : undefined}
      emptyText="No token usage in this range."
      hrefOf={(place) => {
        const used = having("tokens", { kind: "compare", op: ">", text: "0" });
        return prepared
          ? observationsHref(view.place, [used], [used], bucket(prepared, place, view))
          : undefined;
      }}
    />
  );
}

export function ScoresChart({ view }: Props): ReactElement {
  const query = useMetrics(view.projectId, over(SCORES_OVER_TIME, view), view.scope);
  const prepared = usePrepared(query.data, (given) =>
    byDimension(given, "name", "avg_value", "No name", { fill: "gap" }),
  );
  return (
    <ChartCard
      {...common(view)}
      title="Average score by name"
      book={view.books.scores}
      kind="line"
      value={(value) => formatScore({ value, type: "NUMERIC" })}
      state={together(query)}
      prepared={prepared}
      emptyText="No numeric or boolean scores in this range."
      hrefOf={(place, name) =>
        prepared ? scoresHref(view.place, [], name ?? undefined, bucket(prepared, place, view)) : undefined
      }
      hrefOfSeries={(name) => scoresHref(view.place, [], name)}
    />
  );
}
