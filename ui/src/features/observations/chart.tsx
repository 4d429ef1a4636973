// The observations of the list as a chart: one measure over time, by one of their properties.
import { useMemo, type ReactElement } from "react";
import { Card, EmptyState, ErrorState, Link, Select, Table, type TableColumn } from "@/design";
import { boundsOf, ChartCard, ColourBook, OTHER, Region } from "@/kit/chart";
import { formatCount } from "@/kit/format";
import type { List } from "@/kit/list";
import { together, useMetrics, usePageScope, type Question, type Scope } from "@/kit/metrics";
import { parse, print, type Term } from "@/kit/query-language";
import { printRange } from "@/kit/time-range";
import { oneOf, paths, type Codec, type SetUrlState } from "@/kit/url";
import {
  BREAKDOWNS,
  filterOf,
  groupsOf,
  groupsQuestion,
  MEASURES,
  MOST_GROUPS,
  seriesOf,
  seriesQuestion,
  singleOf,
  termsOf,
  TOP,
  totalQuestion,
  type Breakdown,
  type BreakdownId,
  type Group,
  type Measure,
  type MeasureId,
} from "./chart-model";

export type ChartState = { as: "table" | "chart"; measure: MeasureId; by: BreakdownId };

export const CHART_CODEC: Codec<ChartState> = {
  as: oneOf(["table", "chart"], "table"),
  measure: oneOf(
    MEASURES.map(({ id }) => id),
    "count",
  ),
  by: oneOf(
    BREAKDOWNS.map(({ id }) => id),
    "none",
  ),
};

/** So many groups are listed below the chart. */
const LISTED = 50;

/** What the chart knows of the list. */
type Asked = Pick<
  List<unknown>,
  "project" | "filter" | "diagnostics" | "scope" | "state" | "anchored" | "error" | "refresh"
>;
type Props = { list: Asked; state: ChartState; set: SetUrlState<ChartState> };

export function ObservationChart({ list, state, set }: Props): ReactElement {
  const measure = MEASURES.find(({ id }) => id === state.measure)!;
  const breakdown = BREAKDOWNS.find(({ id }) => id === state.by)!;
  const { project, filter, scope: rows } = list;
  const page = usePageScope(project, list.state.range, list.anchored.anchor, undefined);
  const scope = useMemo(
    () => (page && rows ? { ...page.scope, rowFilter: filter } : null),
    [page, rows, filter],
  );
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="flex flex-col gap-4 p-4">
        <div className="flex flex-wrap gap-3">
          <Select<MeasureId>
            label="Measure"
            className="w-52"
            options={MEASURES}
            value={state.measure}
            onChange={(id) => set({ measure: id })}
          />
          <Select<BreakdownId>
            label="By"
            className="w-44"
            options={BREAKDOWNS}
            value={state.by}
            onChange={(id) => set({ by: id })}
          />
        </div>
        {rows === null && list.error ? (
          <ErrorState error={list.error} title="The observations could not be drawn" onRetry={list.refresh} />
        ) : list.diagnostics[0] ? (
          <EmptyState title="The filter could not be read">{list.diagnostics[0].message}</EmptyState>
        ) : (
          <Drawn
            key={`${state.measure} ${state.by}`}
            {...{ list, measure, breakdown, scope }}
            over={page?.over}
          />
        )}
      </div>
    </div>
  );
}

type DrawnProps = {
  list: Asked;
  measure: Measure;
  breakdown: Breakdown;
  scope: Scope | null;
  over: Question["over"];
};

function Drawn(props: DrawnProps): ReactElement {
  return props.breakdown.parts.length === 0 ? <Single {...props} /> : <Grouped {...props} />;
}

function Single({ list, measure, scope, over }: DrawnProps): ReactElement {
  const query = useMetrics(list.project, { ...totalQuestion(measure), over }, scope);
  const prepared = useMemo(() => (query.data ? singleOf(query.data, measure) : null), [query.data, measure]);
  const book = useMemo(() => new ColourBook(), []);
  return (
    <ChartCard
      title={measure.label}
      book={book}
      kind={measure.isSum ? "bars" : "line"}
      value={measure.format}
      zone={scope?.zone ?? "UTC"}
      syncKey="observations"
      height={320}
      state={together(query)}
      prepared={prepared}
      emptyText="No observation in this range has a value to draw."
      hrefOf={(place) => (prepared ? rowsHref(list, [], boundsOf(prepared, place)) : undefined)}
    />
  );
}

function Grouped({ list, measure, breakdown, scope, over }: DrawnProps): ReactElement {
  const { project, filter } = list;
  const found = useMetrics(project, groupsQuestion(measure, breakdown), scope);
  const groups = useMemo(
    () => (found.data ? groupsOf(found.data, measure, breakdown) : null),
    [found.data, measure, breakdown],
  );
  const top = useMemo<Scope | null>(
    () =>
      scope && groups && !found.isPlaceholderData
        ? {
            ...scope,
            rowFilter: groups.length > 0 ? filterOf(groups.slice(0, TOP), breakdown, filter) : filter,
          }
        : null,
    [scope, groups, found.isPlaceholderData, breakdown, filter],
  );
  const series = useMetrics(project, { ...seriesQuestion(measure, breakdown), over }, top);
  const hasRest = measure.isSum && (groups?.length ?? 0) > TOP;
  const total = useMetrics(project, { ...totalQuestion(measure), over }, hasRest ? scope : null);
  const rest = hasRest ? total.data : null;
  const prepared = useMemo(
    () =>
      series.data && groups && rest !== undefined
        ? seriesOf(series.data, measure, breakdown, groups, rest)
        : null,
    [series.data, groups, rest, measure, breakdown],
  );
  const book = useMemo(() => new ColourBook(), []);
  const asked = hasRest ? [found, series, total] : [found, series];
  const title = `${measure.label} by ${breakdown.label.toLowerCase()}`;
  const terms = (name: string | null): Term[] => {
    const group = name === null ? undefined : groups?.find((each) => each.name === name);
    return group && name !== OTHER ? termsOf(group, breakdown) : [];
  };
  return (
    <>
      <ChartCard
        title={title}
        book={book}
        kind={measure.isSum ? "bars" : "line"}
        value={measure.format}
        zone={scope?.zone ?? "UTC"}
        syncKey="observations"
        height={320}
        state={together(...asked)}
        prepared={prepared}
        note={noteOf(groups, measure)}
        emptyText="No observation in this range has a value to draw."
        hrefOf={(place, name) =>
          prepared ? rowsHref(list, terms(name), boundsOf(prepared, place)) : undefined
        }
        hrefOfSeries={(name) => rowsHref(list, terms(name))}
      />
      {/* Below a chart of its final height, so that nothing moves when the data comes. */}
      {prepared && (
        <GroupsTable
          title={`${title}, the whole range`}
          groups={groups}
          measure={measure}
          breakdown={breakdown}
          state={together(found)}
          hrefOf={(group) => rowsHref(list, termsOf(group, breakdown))}
        />
      )}
    </>
  );
}

function noteOf(groups: readonly Group[] | null, { isSum }: Measure): string | undefined {
  if (!groups || groups.length <= TOP) return undefined;
  const of =
    groups.length === MOST_GROUPS ? `${formatCount(MOST_GROUPS)} or more` : formatCount(groups.length);
  return isSum
    ? `The ${TOP} largest of ${of}; the others are added up.`
    : `The ${TOP} with the most observations of ${of}.`;
}

type GroupsProps = {
  title: string;
  groups: readonly Group[] | null;
  measure: Measure;
  breakdown: Breakdown;
  state: ReturnType<typeof together>;
  hrefOf: (group: Group) => string;
};

function GroupsTable({ title, groups, measure, breakdown, state, hrefOf }: GroupsProps): ReactElement {
  const columns: TableColumn<Group>[] = [
    {
      id: "group",
      label: breakdown.label,
      className: "min-w-32",
      render: (group) => <Link href={hrefOf(group)}>{group.name}</Link>,
    },
    { id: "value", label: measure.label, align: "right", render: ({ value }) => measure.format(value) },
  ];
  if (measure.id !== "count")
    columns.push({
      id: "count",
      label: "Observations",
      align: "right",
      render: ({ count }) => formatCount(count),
    });
  const shown = groups?.slice(0, LISTED) ?? [];
  const isCut = groups !== null && groups.length > shown.length;
  return (
    <Card
      title={title}
      flush
      note={isCut ? `The first ${LISTED} of ${formatCount(groups.length)}.` : undefined}
    >
      <Region state={state} height="12rem">
        {() => (
          <Table
            label={title}
            columns={columns}
            rows={shown}
            rowKey={({ values }) => JSON.stringify(values)}
            empty={<p className="px-4 pb-4 text-3">No observation in this range.</p>}
          />
        )}
      </Region>
    </Card>
  );
}

/** The rows behind a part of the chart, as a table. */
function rowsHref(list: Asked, terms: readonly Term[], bounds?: [number, number]): string {
  const { q, range } = list.state;
  const { from, to } = list.anchored;
  const clipped = bounds && {
    kind: "absolute" as const,
    from: Math.max(bounds[0], from === undefined ? 0 : Date.parse(from)),
    to: Math.min(bounds[1], to === undefined ? Infinity : Date.parse(to)),
  };
  return paths.observations(list.project, {
    q: print([...parse(q).query, ...terms]) || undefined,
    range: clipped ? printRange(clipped) : range,
  });
}
