// The viewer of one loaded trace: head, overview strip, rows, detail.
import { type ReactElement, useCallback, useMemo, useRef, useState } from "react";

import { ErrorState } from "@/design";
import { useLocal } from "@/kit/local-store";
import { useUrlState } from "@/kit/url";

import { Detail } from "./detail/detail";
import { SpanScoreDialog } from "./detail/score-dialog";
import { Header, type HeaderProps } from "./header";
import type { TraceModel } from "./model";
import { Minimap } from "./minimap";
import { Modes } from "./modes";
import { Notices } from "./notices";
import { PrefetchProvider, useMakePrefetch, usePrefetchNeighbours } from "./prefetch";
import type { Source } from "./source";
import { Split } from "./split";
import { DEFAULT_TASTE, isWide, type Taste } from "./taste";
import { Toolbar } from "./toolbar";
import { useTraceCommands } from "./use-trace-commands";
import type { HeadFailure, TraceHead } from "./types";
import { TRACE_CODEC } from "./viewer-codec";
import { TraceContext, useViewerState, ViewerContext } from "./viewer-state";
import type { TraceUrl } from "./viewer-url";
import type { ListHandle } from "./virtual-list";

export interface TraceViewerProps extends Pick<HeaderProps, "neighbours" | "onGo"> {
  source: Source;
  traceId: string;
  /** Undefined where it could not be read, and then `failure` says why. */
  head: TraceHead | undefined;
  failure: HeadFailure;
  model: TraceModel;
  embedded: boolean;
}

export function TraceViewer({
  source,
  traceId,
  head,
  failure,
  model,
  embedded,
  neighbours,
  onGo,
}: TraceViewerProps): ReactElement {
  const [url, setUrlState] = useUrlState<TraceUrl>(TRACE_CODEC);
  const [stored, setStored] = useLocal<Partial<Taste>>("trace", {});
  const taste = useMemo(() => ({ ...DEFAULT_TASTE, ...stored }), [stored]);
  const setTaste = useCallback(
    (change: Partial<Taste>) => setStored({ ...stored, ...change }),
    [stored, setStored],
  );
  const setUrl = useCallback(
    (change: Partial<TraceUrl>, motion?: boolean) => setUrlState(change, motion ? "replace" : "push"),
    [setUrlState],
  );
  const viewer = useViewerState({ source, traceId, embedded, model, url, setUrl, taste, setTaste });
  const { projectId } = viewer;
  const prefetch = useMakePrefetch(source, traceId);
  usePrefetchNeighbours(viewer);
  const list = useRef<ListHandle>(null);
  const findRef = useRef<HTMLInputElement>(null);
  const detail = useRef<HTMLDivElement>(null);
  const [isScoring, setScoring] = useState(false);
  const onScore = useCallback(() => setScoring(true), []);
  useTraceCommands(viewer, {
    focusFind: () => {
      findRef.current?.focus();
      findRef.current?.select();
    },
    // The browser's own search sees only what is drawn. In the detail, and at a second press, it is the browser's.
    canFind: () =>
      findRef.current !== null &&
      findRef.current !== document.activeElement &&
      !detail.current?.contains(document.activeElement),
    focusDetail: () => detail.current?.focus(),
    focusList: () => list.current?.focus(),
    score: onScore,
    neighbours,
    onGo,
  });
  const wide = isWide(url.mode);
  const facts = useMemo(
    () => ({ source, projectId, traceId, embedded, model }),
    [source, projectId, traceId, embedded, model],
  );
  return (
    <TraceContext.Provider value={facts}>
      <ViewerContext.Provider value={viewer}>
        <PrefetchProvider value={prefetch}>
          <div className="flex h-full min-h-0 min-w-0 flex-col bg-bg">
            {head ? (
              <Header head={head} neighbours={neighbours} onGo={onGo} onScore={onScore} />
            ) : (
              <ErrorState
                compact
                className="border-b border-line px-3"
                error={failure.error}
                title="The summary of the trace could not be loaded"
                onRetry={failure.retry}
              />
            )}
            <Notices head={head} />
            {taste.minimap && model.spans > 0 && <Minimap />}
            <Split
              label="Width of the list of spans"
              share={wide ? taste.wide : taste.list}
              onShare={(share) => setTaste(wide ? { wide: share } : { list: share })}
              first={
                <>
                  <Toolbar findRef={findRef} />
                  <Modes list={list} findRef={findRef} head={head} />
                </>
              }
              second={<Detail ref={detail} head={head} failure={failure} onScore={onScore} />}
            />
          </div>
          {isScoring && <SpanScoreDialog onClose={() => setScoring(false)} />}
        </PrefetchProvider>
      </ViewerContext.Provider>
    </TraceContext.Provider>
  );
}
