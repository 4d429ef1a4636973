// The charts over time. They share their buckets and their crosshair.
import { useMemo, type ReactElement } from "react";
import { boundsOf, ChartCard, type ChartCardProps, OTHER, type Prepared } from "@/kit/chart";
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
  type Bounds,
  type Question,
  type Version,
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

type Kept = "title" | "book" | "kind" | "value" | "emptyText";

interface OverTimeProps extends Props, Pick<ChartCardProps, Kept> {
  question: Question;
  version?: Version;
  prepare: (answer: Answer) => Prepared;
  note?: (answer: Answer) => string | undefined;
  /** The rows behind a series, or all of them (null), within the bounds; `value`: what the series has there. */
  href: (name: string | null, bounds?: Bounds, value?: number | null) => string;
  /** For series that rows cannot be filtered by. */
  withoutSeriesLinks?: boolean;
}

/** One question over time, drawn: a bucket leads to its rows, and so does a series. */
function OverTime(props: OverTimeProps): ReactElement {
  const { view, question, version, prepare, note, href, withoutSeriesLinks, ...card } = props;
  const query = useMetrics(view.projectId, over(question, view), view.scope, version);
  const prepared = usePrepared(query.data, prepare);
  const valueAt = (place: number, name: string | null) =>
    prepared?.series.find((series) => series.name === name)?.values[place];
  return (
    <ChartCard
      {...common(view)}
      {...card}
      state={together(query)}
      prepared={prepared}
      note={query.data && note?.(query.data)}
      hrefOf={(place, name) =>
        prepared ? href(name, bucket(prepared, place, view), valueAt(place, name)) : undefined
      }
      hrefOfSeries={withoutSeriesLinks ? undefined : (name) => href(name)}
    />
  );
}

export function LatencyChart({ view }: Props): ReactElement {
  const names = { p50_latency: "p50", p95_latency: "p95", p99_latency: "p99" };
  return (
    <OverTime
      view={view}
      question={LATENCY_OVER_TIME}
      title="Latency of traces"
      book={view.books.latencies}
      kind="line"
      value={formatMs}
      prepare={(answer) => byMetric(answer, names, { fill: "gap" })}
      note={({ meta }) =>
        meta.percentiles === "approximate" ? "Percentiles are at most 0.5 % off." : undefined
      }
      emptyText="No trace with a latency in this range."
      href={(_, bounds, ms) =>
        tracesHref(
          view.place,
          ms ? [having("latency", { kind: "compare", op: ">=", text: `${Math.floor(ms)}ms` })] : [],
          bounds,
        )
      }
    />
  );
}

export function CostChart({ view }: Props): ReactElement {
  const total = useMetrics(view.projectId, NUMBERS, view.scope);
  const terms = (name: string | null) =>
    name === null || name === OTHER ? [] : [name === NO_MODEL ? isMissing("model") : is("model", name)];
  const note = ({ data }: Answer) => {
    const whole = total.data && numberOf(total.data.data[0], "sum_totalCost");
    const differs = whole === undefined ? null : differingSum(data, "sum_totalCost", whole);
    return differs === null ? undefined : costNote(differs);
  };
  return (
    <OverTime
      view={view}
      question={COST_OVER_TIME}
      title="Cost by model"
      book={view.books.models}
      kind="bars"
      value={formatCost}
      prepare={(answer) =>
        byDimension(answer, "providedModelName", "sum_totalCost", NO_MODEL, { fill: "zero" })
      }
      note={note}
      emptyText="No model call with a cost above $0 in this range."
      href={(name, bounds) => observationsHref(view.place, terms(name), terms(name), bounds)}
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
  const used = [having("tokens", { kind: "compare", op: ">", text: "0" })];
  return (
    <OverTime
      view={view}
      question={TOKENS_OVER_TIME}
      version="v2"
      title="Tokens by kind"
      book={view.books.tokens}
      kind="bars"
      value={formatTokens}
      prepare={(answer) =>
        byDimension(kindsOf(answer), "usageType", "sum_usageByType", "other", {
          fill: "zero",
          names: TOKEN_KINDS,
        })
      }
      note={({ meta }) =>
        meta.truncated ? "Not all kinds of usage are counted: narrow the range." : undefined
      }
      emptyText="No token usage in this range."
      href={(_, bounds) => observationsHref(view.place, used, used, bounds)}
      withoutSeriesLinks
    />
  );
}

export function ScoresChart({ view }: Props): ReactElement {
  return (
    <OverTime
      view={view}
      question={SCORES_OVER_TIME}
      title="Average score by name"
      book={view.books.scores}
      kind="line"
      value={(value) => formatScore({ value, type: "NUMERIC" })}
      prepare={(answer) => byDimension(answer, "name", "avg_value", "No name", { fill: "gap" })}
      emptyText="No numeric or boolean scores in this range."
      href={(name, bounds) => scoresHref(view.place, [], name ?? undefined, bounds)}
    />
  );
}
