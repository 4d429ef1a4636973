// S08: all observations across traces.
import type { ReactElement } from "react";
import { useProject } from "@/api";
import { EmptyState, Link, typeLook } from "@/design";
import { shortId } from "@/kit/format";
import { ListPage, useList, type Peek } from "@/kit/list";
import { paths } from "@/kit/url";
import { TracePeek } from "@/trace/peek";
import { TypeChips } from "./chips";
import { OBSERVATION_COLUMNS, type ObservationRow } from "./columns";
import { fromRowId, rowId } from "./row-id";

const ALWAYS = ["name", "type"];
const OPEN = ["type", "model", "level", "env"];

export default function ObservationsPage(): ReactElement {
  const { id: project } = useProject();
  const list = useList<ObservationRow>({
    project,
    entity: "observations",
    columns: OBSERVATION_COLUMNS,
    rowId,
    always: ALWAYS,
  });
  const pathOf = (trace: string, observation: string): string => paths.trace(project, trace, { observation });
  const peek: Peek<ObservationRow> = {
    label: "Observation",
    title: (id, row) =>
      row ? `${typeLook(row.type).label} ${row.name ?? ""}` : shortId(fromRowId(id).observation),
    observation: (row) => row.id,
    render: (id, row) => {
      const { trace } = fromRowId(id);
      return <TracePeek projectId={project} traceId={trace} near={row?.time} />;
    },
  };
  return (
    <ListPage
      list={list}
      title="Observations"
      noun="observations"
      rowName={(row) => `observation ${row.name || row.id}`}
      openFacets={OPEN}
      liveBy="trace"
      hrefOf={(row) => pathOf(row.trace, row.id)}
      hrefOfId={(id) => pathOf(fromRowId(id).trace, fromRowId(id).observation)}
      peek={peek}
      chips={<TypeChips q={list.state.q} onChange={(q) => list.set({ q })} />}
      never={
        <EmptyState
          title="No observations yet"
          action={
            <Link look="primary" href={paths.setup(project)}>
              Set up tracing
            </Link>
          }
        >
          Generations, tools and spans appear here with the first trace.
        </EmptyState>
      }
    />
  );
}
