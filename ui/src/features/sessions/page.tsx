// S09: sessions of the project. A row opens as the replay of its conversation.
import { MessagesSquare } from "lucide-react";
import { useCallback, useMemo, useState, type ReactElement } from "react";
import { useCan, useProject } from "@/api";
import { EmptyState, Link } from "@/design";
import { BulkAll, ListPage, onlyTicked, useList } from "@/kit/list";
import { useLive } from "@/kit/live";
import { paths } from "@/kit/url";
import { sessionColumns, type SessionRow } from "./columns";
import { NewSessions } from "./new-sessions";

const ALWAYS = ["id"];
const OPEN = ["env", "user", "tags"];
const idOf = (row: SessionRow): string => row.id;

export default function SessionsPage(): ReactElement {
  const { id: project } = useProject();
  const [range, setRange] = useState("");
  const columns = useMemo(() => sessionColumns(project, range), [project, range]);
  const list = useList<SessionRow>({ project, entity: "sessions", columns, rowId: idOf, always: ALWAYS });
  // Links to users keep the range of this page.
  if (list.state.range !== range) setRange(list.state.range);
  const [changed, setChanged] = useState<ReadonlySet<string>>(new Set());
  const { refresh } = list;
  const canScore = useCan("scores:CUD");
  useLive(project, ["traces"], (event) => {
    if (event.type !== "event" || !Array.isArray(event.changes)) return;
    const ids = event.changes.flatMap(({ session }: { session?: string }) => (session ? [session] : []));
    if (ids.length > 0) setChanged((old) => new Set([...old, ...ids]));
  });
  const show = useCallback(() => {
    setChanged(new Set());
    refresh();
  }, [refresh]);
  return (
    <ListPage
      list={list}
      title="Sessions"
      noun="sessions"
      rowName={idOf}
      openFacets={OPEN}
      hrefOf={(row) => paths.session(project, row.id)}
      bulk={
        canScore
          ? (rows, clear, isAll) => (
              <BulkAll
                list={isAll ? list : onlyTicked(list, { id: rows.map(idOf) })}
                noun="sessions"
                actions={["score"]}
                onStarted={clear}
                isTicked={!isAll}
              />
            )
          : undefined
      }
      chips={<NewSessions count={changed.size} onShow={show} />}
      never={
        <EmptyState icon={MessagesSquare} title="No sessions yet">
          A session is made of the traces that name the same session id.{" "}
          <Link href={paths.setup(project)}>See how to send one</Link>.
        </EmptyState>
      }
    />
  );
}
