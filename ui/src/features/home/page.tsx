// S05: is my application well, and what does it cost? Every number links to the rows behind it; each card loads and
// fails by itself.
import { RefreshCw } from "lucide-react";
import { useRouterState } from "@tanstack/react-router";
import { useMemo, useState, type ReactElement } from "react";
import { useProject } from "@/api";
import { EmptyState, IconButton } from "@/design";
import { makeBooks } from "@/kit/board";
import { SearchBar } from "@/kit/filter-bar";
import { useFields } from "@/kit/list/api";
import { REFRESH, useNow, usePageScope, type Refresh } from "@/kit/metrics";
import { Page } from "@/kit/page";
import { parse, toApi } from "@/kit/query-language";
import { useCommands } from "@/kit/registry";
import { rangeField, TimeRange, useRangeMemory } from "@/kit/time-range";
import { oneOf, readSearch, text, useUrlState } from "@/kit/url";
import { Cards } from "./cards";
import { Environments } from "./environments";
import { RefreshMenu } from "./refresh-menu";

const CODEC = {
  range: rangeField(),
  q: text(),
  refresh: oneOf(Object.keys(REFRESH) as Refresh[], "off"),
};

export default function HomePage(): ReactElement {
  const { id: projectId } = useProject();
  const [{ range, q, refresh }, setState] = useUrlState(CODEC);
  const hasRange = useRouterState({ select: ({ location }) => "range" in readSearch(location.searchStr) });
  useRangeMemory(projectId, range, hasRange, (known) => setState({ range: known }, "replace"));
  const [isRangeOpen, setRangeOpen] = useState(false);
  const [now, renew] = useNow(`${projectId} ${range} ${q}`, refresh);
  const traces = useFields(projectId, "traces");
  const observations = useFields(projectId, "observations");
  const query = useMemo(() => parse(q).query, [q]);
  const { filter, diagnostics } = useMemo(() => {
    const parsed = parse(q);
    const made = toApi(parsed.query, traces.fields, now);
    return {
      filter: made.filter,
      diagnostics: [...parsed.diagnostics, ...(traces.isReady ? made.diagnostics : [])],
    };
  }, [q, traces.fields, traces.isReady, now]);
  const problem = diagnostics[0]?.message ?? (q !== "" ? traces.error?.message : undefined);
  const isKnown = q === "" || (traces.isReady && diagnostics.length === 0);
  const page = usePageScope(projectId, range, now, filter);
  const [books] = useState(makeBooks);
  const view = useMemo(
    () => (page && isKnown ? { ...page, projectId, place: { projectId, query, range }, books } : null),
    [page, isKnown, projectId, query, range, books],
  );
  const listScope = page && {
    from: new Date(page.scope.from).toISOString(),
    to: new Date(page.scope.to).toISOString(),
  };
  useCommands([
    { id: "home.range", title: "Change the time range", shortcut: "r", run: () => setRangeOpen(true) },
    { id: "home.refresh", title: "Refresh the numbers", run: renew },
  ]);

  return (
    <Page
      title="Home"
      actions={
        <TimeRange
          value={range}
          onChange={(next) => setState({ range: next })}
          isOpen={isRangeOpen}
          onOpenChange={setRangeOpen}
        />
      }
    >
      <div className="h-full overflow-y-auto">
        <div className="mx-auto flex max-w-400 flex-col gap-4 p-4">
          <div className="flex flex-wrap items-start gap-2">
            <div className="flex min-w-60 flex-1">
              <SearchBar
                project={projectId}
                entity="traces"
                fields={traces.fields}
                scope={listScope && { ...listScope, ...(filter ? { filter } : {}) }}
                q={q}
                onSubmit={(next) => setState({ q: next })}
              />
            </div>
            <Environments
              projectId={projectId}
              scope={page?.scope ?? null}
              q={q}
              onChange={(next) => setState({ q: next })}
            />
            <RefreshMenu value={refresh} onChange={(next) => setState({ refresh: next })} />
            <IconButton label="Refresh now" icon={RefreshCw} onPress={renew} />
          </div>
          {problem ? (
            <EmptyState title="The filter could not be read">{problem}</EmptyState>
          ) : (
            <Cards
              view={view}
              fields={{ traces: traces.fields, observations: observations.fields }}
              isReady={observations.isReady}
              onChange={setState}
            />
          )}
        </div>
      </div>
    </Page>
  );
}
