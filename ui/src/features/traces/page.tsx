// S06: find the traces that matter.
import type { ReactElement } from "react";
import { useProject } from "@/api";
import { EmptyState, Link } from "@/design";
import { shortId } from "@/kit/format";
import { ListPage, useList, type Peek } from "@/kit/list";
import { paths, useGo } from "@/kit/url";
import { rememberTraceList } from "@/trace/neighbours";
import { TracePeek } from "@/trace/peek";
import { TraceBulk, TraceBulkAll } from "./bulk";
import { useRowActions } from "./row-actions";
import { TRACE_COLUMNS, type TraceRow } from "./columns";

// Beside the name what the menu of a row filters by and changes.
const ALWAYS = ["name", "bookmarked", "env", "user", "session"];
const OPEN = ["env", "name", "level", "tags"];
const rowId = (row: TraceRow): string => row.id;

export default function TracesPage(): ReactElement {
  const { id: project } = useProject();
  const go = useGo();
  const list = useList<TraceRow>({
    project,
    entity: "traces",
    columns: TRACE_COLUMNS,
    rowId,
    always: ALWAYS,
  });
  const [rowActions, dialog] = useRowActions(list);
  const hrefOf = (row: TraceRow): string => paths.trace(project, row.id);
  const peek: Peek<TraceRow> = {
    label: "Trace",
    title: (id, row) => row?.name || shortId(id),
    render: (id, row) => <TracePeek projectId={project} traceId={id} near={row?.time} />,
  };
  return (
    <>
      <ListPage
        list={list}
        title="Traces"
        noun="traces"
        rowName={(row) => `trace ${row.name || row.id}`}
        openFacets={OPEN}
        liveBy="id"
        hrefOf={hrefOf}
        hrefOfId={(id) => paths.trace(project, id)}
        onPage={(row) => {
          rememberTraceList(project, list.rows.map(rowId));
          go(hrefOf(row));
        }}
        peek={peek}
        bulk={(rows, clear, isAll) =>
          isAll ? (
            <TraceBulkAll list={list} onStarted={clear} />
          ) : (
            <TraceBulk
              list={list}
              ids={rows.map(rowId)}
              onDone={() => {
                clear();
                list.refresh();
              }}
            />
          )
        }
        rowActions={rowActions}
        never={
          <EmptyState
            title="No traces yet"
            action={
              <Link look="primary" href={paths.setup(project)}>
                Set up tracing
              </Link>
            }
          >
            Send the first one from your application: keys and a snippet are waiting.
          </EmptyState>
        }
      />
      {dialog}
    </>
  );
}
