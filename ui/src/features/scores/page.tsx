// S24, the table: every score with what it judges.
import type { ReactElement } from "react";
import { useCan, useProject } from "@/api";
import { EmptyState } from "@/design";
import { shortId } from "@/kit/format";
import { BulkAll, ListPage, useList, type Peek } from "@/kit/list";
import { paths } from "@/kit/url";
import { TracePeek } from "@/trace/peek";
import { ScoreBulk } from "./bulk";
import { SCORE_COLUMNS, type ScoreRow } from "./columns";

const ALWAYS = ["name", "trace", "observation", "session"];
const OPEN = ["name", "source", "type", "env"];
const rowId = (row: ScoreRow): string => row.id;

export default function ScoresPage(): ReactElement {
  const { id: project } = useProject();
  const canWrite = useCan("scores:CUD");
  const list = useList<ScoreRow>({
    project,
    entity: "scores",
    columns: SCORE_COLUMNS,
    rowId,
    always: ALWAYS,
  });
  const hrefOf = (row: ScoreRow): string => {
    if (row.trace)
      return paths.trace(project, row.trace, { observation: row.observation ?? undefined, tab: "scores" });
    return row.session ? paths.session(project, row.session) : paths.scores(project);
  };
  const peek: Peek<ScoreRow> = {
    label: "Scored trace",
    title: (id, row) => row?.name || shortId(id),
    observation: (row) => row.observation ?? undefined,
    render: (_id, row) =>
      row?.trace ? (
        <TracePeek projectId={project} traceId={row.trace} near={row.time} />
      ) : (
        <EmptyState
          title={row ? "This score belongs to a session" : "This score is not among the loaded rows"}
        />
      ),
  };
  return (
    <ListPage
      list={list}
      title="Scores"
      noun="scores"
      rowName={(row) => `score ${row.name ?? row.id}`}
      openFacets={OPEN}
      strip={null}
      hrefOf={hrefOf}
      peek={peek}
      bulk={
        canWrite
          ? (rows, clear, isAll) =>
              isAll ? (
                <BulkAll list={list} noun="scores" actions={["delete"]} onStarted={clear} />
              ) : (
                <ScoreBulk
                  project={project}
                  ids={rows.map(rowId)}
                  onDone={() => {
                    clear();
                    list.refresh();
                  }}
                />
              )
          : undefined
      }
      never={
        <EmptyState title="No scores yet">
          Scores come from your code, from evaluators and from people who judge a trace.
        </EmptyState>
      }
    />
  );
}
