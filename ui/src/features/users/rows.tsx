// What a user did: the latest sessions, traces or scores.
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { Card, EmptyState, LevelBadge, Link, Table, type TableColumn } from "@/design";
import type { View } from "@/kit/board";
import { Region } from "@/kit/chart";
import {
  formatCost,
  formatCount,
  formatDuration,
  formatScore,
  formatTime,
  formatTimeDetails,
  MISSING,
} from "@/kit/format";
import { queryRows } from "@/kit/list";
import { is } from "@/kit/metrics";
import { print } from "@/kit/query-language";
import { paths } from "@/kit/url";

type Entity = "sessions" | "traces" | "scores";
type Row = {
  id: string;
  time: string;
  name?: string | null;
  level?: string;
  latency?: number | null;
  duration?: number | null;
  traces?: number;
  cost?: number | null;
  input?: string | null;
  trace?: string | null;
  value?: number | null;
  text?: string | null;
  type?: string;
  source?: string;
  comment?: string | null;
};

const MANY = 50;
const FIELDS: Record<Entity, string[]> = {
  sessions: ["time", "duration", "traces", "cost", "input"],
  traces: ["time", "name", "level", "latency", "cost", "input"],
  scores: ["time", "name", "value", "text", "type", "source", "comment", "trace"],
};

export function Rows({ view, userId, entity }: { view: View; userId: string; entity: Entity }): ReactElement {
  const { from, to } = view.scope;
  const query = useQuery({
    queryKey: ["user-rows", view.projectId, userId, entity, from, to],
    queryFn: ({ signal }) =>
      queryRows<Row>(
        view.projectId,
        entity,
        {
          filter: { field: "user", op: "is", value: userId },
          from: new Date(from).toISOString(),
          to: new Date(to).toISOString(),
          sort: { field: "time", descending: true },
          columns: FIELDS[entity],
          limit: MANY,
          preview: 200,
        },
        signal,
      ),
  });
  const state = {
    error: query.error,
    isLoading: query.isPending,
    isStale: query.isPlaceholderData,
    retry: () => void query.refetch(),
  };
  const all = paths[entity](view.projectId, { q: print([is("user", userId)]), range: view.place.range });
  const rows = query.data?.rows ?? [];
  return (
    <Card
      flush
      title={rows.length === MANY ? `The latest ${MANY} ${entity}` : `${formatCount(rows.length)} ${entity}`}
      actions={<Link href={all}>{`Show all ${entity}`}</Link>}
    >
      <Region state={state} height="20rem">
        {() => (
          <Table
            label={entity}
            columns={columnsOf(view.projectId, entity)}
            rows={rows}
            rowKey={({ id }) => id}
            empty={<EmptyState title={`No ${entity} in this range`}>Choose a longer time range.</EmptyState>}
          />
        )}
      </Region>
    </Card>
  );
}

const TIME: TableColumn<Row> = {
  id: "time",
  label: "Time",
  className: "whitespace-nowrap",
  render: ({ time }) => <span title={formatTimeDetails(time)}>{formatTime(time)}</span>,
};
const COST: TableColumn<Row> = {
  id: "cost",
  label: "Cost",
  align: "right",
  render: ({ cost }) => formatCost(cost),
};
const INPUT: TableColumn<Row> = {
  id: "input",
  label: "Input",
  wide: true,
  className: "w-1/2",
  render: ({ input }) => <span className="line-clamp-1 text-2">{input ?? MISSING}</span>,
};

function columnsOf(projectId: string, entity: Entity): TableColumn<Row>[] {
  if (entity === "sessions") {
    return [
      TIME,
      {
        id: "id",
        label: "Session",
        render: ({ id }) => <Link href={paths.session(projectId, id)}>{id}</Link>,
      },
      { ...INPUT, label: "First message" },
      { id: "traces", label: "Turns", align: "right", render: ({ traces }) => formatCount(traces) },
      {
        id: "duration",
        label: "Duration",
        align: "right",
        render: ({ duration }) => formatDuration(duration),
      },
      COST,
    ];
  }
  if (entity === "traces") {
    return [
      TIME,
      {
        id: "name",
        label: "Name",
        render: ({ id, name, time }) => (
          <Link href={paths.trace(projectId, id, { timestamp: time })}>{name || id}</Link>
        ),
      },
      INPUT,
      { id: "level", label: "Level", render: ({ level }) => <LevelBadge level={level} /> },
      { id: "latency", label: "Latency", align: "right", render: ({ latency }) => formatDuration(latency) },
      COST,
    ];
  }
  return [
    TIME,
    { id: "name", label: "Score", render: ({ name }) => name },
    { id: "value", label: "Value", align: "right", render: (row) => formatScore(row) },
    {
      id: "source",
      label: "Source",
      wide: true,
      render: ({ source }) => <span className="text-2">{source?.toLowerCase()}</span>,
    },
    {
      id: "comment",
      label: "Comment",
      wide: true,
      className: "w-1/2",
      render: ({ comment }) => <span className="line-clamp-1 text-2">{comment}</span>,
    },
    {
      id: "trace",
      label: "Of",
      render: ({ trace, time }) =>
        trace ? <Link href={paths.trace(projectId, trace, { timestamp: time })}>Trace</Link> : MISSING,
    },
  ];
}
