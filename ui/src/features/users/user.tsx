// S12: one user: numbers, charts, what they did, and the way to erase all of it.
import { Trash2 } from "lucide-react";
import { useMemo, useState, type ReactElement } from "react";
import { useRouterState } from "@tanstack/react-router";
import { useCan, useProject } from "@/api";
import { Button, CopyButton, Link, Tabs } from "@/design";
import { makeBooks, type View } from "@/kit/board";
import { is, useNow, usePageScope } from "@/kit/metrics";
import { Page } from "@/kit/page";
import { print } from "@/kit/query-language";
import { rangeField, TimeRange, useRangeMemory } from "@/kit/time-range";
import { oneOf, readSearch, paths, usePathId, useUrlState } from "@/kit/url";
import { About } from "./about";
import { EraseUser } from "./erase-user";
import { Overview } from "./overview";
import { Rows } from "./rows";

const TABS = ["overview", "sessions", "traces", "scores", "metadata"] as const;
type Tab = (typeof TABS)[number];
const CODEC = { range: rangeField(), tab: oneOf(TABS, "overview") };
const LABELS: Record<Tab, string> = {
  overview: "Overview",
  sessions: "Sessions",
  traces: "Traces",
  scores: "Scores",
  metadata: "Metadata",
};

export default function UserPage(): ReactElement {
  const { id: projectId } = useProject();
  const userId = usePathId("userId");
  const [{ range, tab }, setState] = useUrlState(CODEC);
  const hasRange = useRouterState({ select: ({ location }) => "range" in readSearch(location.searchStr) });
  useRangeMemory(projectId, range, hasRange, (known) => setState({ range: known }, "replace"));
  const [isErasing, setErasing] = useState(false);
  const mayErase = useCan("traces:delete");
  const view = useUserView(projectId, userId, range);
  const q = print([is("user", userId)]);
  return (
    <Page
      title={userId}
      crumbs={[{ label: "Users", href: paths.users(projectId, { range }) }]}
      beside={<CopyButton text={userId} label="Copy user id" />}
      actions={<TimeRange value={range} onChange={(next) => setState({ range: next })} />}
    >
      <Tabs
        label="Parts of the user"
        className="h-full"
        items={TABS.map((id) => ({ id, label: LABELS[id] }))}
        selected={tab}
        onChange={(next) => setState({ tab: next })}
        actions={
          <>
            <Link look="quiet" size="compact" href={paths.traces(projectId, { q, range })}>
              All traces
            </Link>
            {mayErase && (
              <Button size="compact" variant="danger" icon={Trash2} onPress={() => setErasing(true)}>
                Delete user data
              </Button>
            )}
          </>
        }
      >
        {(open) => (
          <div className="mx-auto flex max-w-400 flex-col gap-4 p-4">
            {open === "overview" && <Overview view={view} userId={userId} />}
            {open === "metadata" && <About projectId={projectId} userId={userId} view={view} />}
            {open !== "overview" && open !== "metadata" && view && (
              <Rows view={view} userId={userId} entity={open} />
            )}
          </div>
        )}
      </Tabs>
      <EraseUser projectId={projectId} userId={userId} isOpen={isErasing} onClose={() => setErasing(false)} />
    </Page>
  );
}

function useUserView(projectId: string, userId: string, range: string): View | null {
  const [now] = useNow(`${projectId} ${userId} ${range}`, "off");
  const filter = useMemo(() => ({ field: "user", op: "is", value: userId }), [userId]);
  const page = usePageScope(projectId, range, now, filter);
  const [books] = useState(makeBooks);
  return useMemo(
    () => page && { ...page, projectId, place: { projectId, query: [is("user", userId)], range }, books },
    [page, projectId, userId, range, books],
  );
}
