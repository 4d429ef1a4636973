// S08: all observations across traces.
import { ChartLine, Table2 } from "lucide-react";
import { useEffect, type ReactElement } from "react";
import { useCan, useProject } from "@/api";
import { EmptyState, Link, Segmented, typeLook } from "@/design";
import { shortId } from "@/kit/format";
import { BulkAll, ListPage, onlyTicked, useList, type Peek } from "@/kit/list";
import { useCommands } from "@/kit/registry";
import { paths, useUrlState } from "@/kit/url";
import { TracePeek } from "@/trace/peek";
import { CHART_CODEC, ObservationChart } from "./chart";
import { TypeChips } from "./chips";
import { OBSERVATION_COLUMNS, type ObservationRow } from "./columns";
import { fromRowId, rowId } from "./row-id";

const ALWAYS = ["name", "type"];
const OPEN = ["type", "model", "level", "env"];
const LOOKS = [
  { id: "table", label: "Table", icon: Table2 },
  { id: "chart", label: "Chart", icon: ChartLine },
] as const;

export default function ObservationsPage(): ReactElement {
  const { id: project } = useProject();
  const list = useList<ObservationRow>({
    project,
    entity: "observations",
    columns: OBSERVATION_COLUMNS,
    rowId,
    always: ALWAYS,
  });
  const [chart, setChart] = useUrlState(CHART_CODEC);
  const isChart = chart.as === "chart";
  const canScore = useCan("scores:CUD");
  const { view } = list.state;
  const { set } = list;
  // Where others write it; here that parameter names a saved view.
  useEffect(() => {
    if (view !== "chart") return;
    if (isChart) set({ view: undefined }, "replace");
    else setChart({ as: "chart" }, "replace");
  }, [view, isChart, set, setChart]);
  useCommands([
    {
      id: "observations.look",
      title: isChart ? "Show the observations as a table" : "Show the observations as a chart",
      shortcut: "v",
      run: () => setChart({ as: isChart ? "table" : "chart" }),
    },
  ]);
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
      bulk={
        canScore
          ? (rows, clear, isAll) => {
              const ids = { trace: rows.map(({ trace }) => trace), id: rows.map(({ id }) => id) };
              const of = isAll ? list : onlyTicked(list, ids);
              return (
                <BulkAll
                  list={of}
                  noun="observations"
                  actions={["score"]}
                  onStarted={clear}
                  isTicked={!isAll}
                />
              );
            }
          : undefined
      }
      tools={
        <Segmented label="Shown as" value={chart.as} onChange={(as) => setChart({ as })} options={LOOKS} />
      }
      strip={isChart ? null : undefined}
      instead={isChart ? <ObservationChart list={list} state={chart} set={setChart} /> : undefined}
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
