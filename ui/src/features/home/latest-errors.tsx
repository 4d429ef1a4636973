// The last observations that failed. Where the page's filter has no word for observations, the last traces that failed.
import type { ReactElement } from "react";
import { useQuery } from "@tanstack/react-query";
import { Link, TypeIcon } from "@/design";
import { ListCard, type View } from "@/kit/board";
import { formatRelative, formatTimeDetails } from "@/kit/format";
import { queryRows } from "@/kit/list/api";
import { asObservations, is, observationsHref } from "@/kit/metrics";
import { toApi, type FieldSet, type Node } from "@/kit/query-language";
import { paths } from "@/kit/url";

const MANY = 5;

type Failed = {
  id: string;
  trace?: string;
  time: string;
  type?: string | null;
  name: string | null;
  status?: string | null;
};

/** The request: of observations if the query can be said of them. */
function requestOf(view: View, fields: { traces: FieldSet; observations: FieldSet }) {
  const query = asObservations(view.place.query);
  const entity = query ? "observations" : "traces";
  const { filter } = toApi([...(query ?? view.place.query), is("level", "ERROR")], fields[entity], view.now);
  return { entity, filter } as const;
}

export function LatestErrors({
  view,
  fields,
}: {
  view: View;
  fields: { traces: FieldSet; observations: FieldSet };
}): ReactElement {
  const { entity, filter } = requestOf(view, fields);
  const { from, to } = view.scope;
  const query = useQuery({
    queryKey: ["latest-errors", view.projectId, entity, filter, from, to],
    queryFn: ({ signal }) => latest(view.projectId, entity, { filter, from, to }, signal),
  });
  const terms = [is("level", "ERROR")];
  return (
    <ListCard<Failed>
      title="Latest errors"
      state={{
        error: query.error,
        isLoading: query.isPending,
        isStale: query.isPlaceholderData,
        retry: () => void query.refetch(),
      }}
      rows={query.data ?? []}
      rowKey={({ id, trace }) => `${trace ?? ""} ${id}`}
      emptyText="No observation failed in this range."
      note={<Link href={observationsHref(view.place, terms, terms)}>All errors</Link>}
      columns={[
        {
          id: "time",
          label: "When",
          className: "whitespace-nowrap",
          render: ({ time }) => <span title={formatTimeDetails(time)}>{formatRelative(time)}</span>,
        },
        { id: "name", label: "Where", render: (row) => <Where projectId={view.projectId} row={row} /> },
        {
          id: "status",
          label: "What",
          wide: true,
          render: ({ status }) => <span className="line-clamp-2 text-2">{status}</span>,
        },
      ]}
    />
  );
}

function Where({ projectId, row }: { projectId: string; row: Failed }): ReactElement {
  const href = row.trace
    ? paths.trace(projectId, row.trace, { observation: row.id, timestamp: row.time })
    : paths.trace(projectId, row.id, { timestamp: row.time });
  return (
    <Link href={href} className="flex items-center gap-1.5">
      <TypeIcon type={row.type ?? "TRACE"} />
      <span className="truncate">{row.name || row.id}</span>
    </Link>
  );
}

async function latest(
  projectId: string,
  entity: "observations" | "traces",
  { filter, from, to }: { filter: Node | undefined; from: number; to: number },
  signal: AbortSignal,
): Promise<Failed[]> {
  const body = {
    filter,
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    sort: { field: "time", descending: true },
    columns: entity === "observations" ? ["time", "trace", "type", "name", "status"] : ["time", "name"],
    limit: MANY,
  };
  return (await queryRows<Failed>(projectId, entity, body, signal)).rows;
}
