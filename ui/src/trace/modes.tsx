// The open view of the trace. Graph, chat and JSON are loaded when somebody asks for them.
import { lazy, type ReactElement, type Ref, type RefObject, Suspense } from "react";

import { EmptyState, Skeleton } from "@/design";
import { ErrorBoundary } from "@/kit/error-boundary";
import { JsonSkeleton } from "@/kit/json-view";

import { Log } from "./log";
import { isPublished } from "./source";
import { Timeline } from "./timeline";
import { Tree } from "./tree";
import { TraceRow } from "./trace-row";
import type { TraceHead } from "./types";
import { useViewer } from "./viewer-state";
import type { ListHandle } from "./virtual-list";

const GraphMode = lazy(() => import("./graph/graph-mode"));
const ChatMode = lazy(() => import("./chat-mode"));
const JsonMode = lazy(() => import("./json-mode"));

export interface ModesProps {
  list: Ref<ListHandle>;
  /** The field of the search of what is open. */
  findRef: RefObject<HTMLInputElement | null>;
  head: TraceHead | undefined;
}

export function Modes({ list, findRef, head }: ModesProps): ReactElement {
  const { source, url, model, rows } = useViewer();
  return (
    <ErrorBoundary label="This view" resetKey={url.mode}>
      <Suspense fallback={url.mode === "json" ? <JsonSkeleton className="flex-1" /> : <Waiting />}>
        {url.mode === "graph" && <GraphMode />}
        {url.mode === "chat" && <ChatMode />}
        {url.mode === "json" &&
          (isPublished(source) ? (
            <EmptyState title="Not in a published trace">
              The JSON of the whole trace is for the members of its project.
            </EmptyState>
          ) : (
            <JsonMode findRef={findRef} />
          ))}
      </Suspense>
      {(url.mode === "tree" || url.mode === "timeline") && <TraceRow head={head} />}
      {model.spans === 0 && url.mode !== "json" && url.mode !== "chat" && url.mode !== "graph" ? (
        <EmptyState title="No spans yet">
          The trace itself is here; its observations may still arrive.
        </EmptyState>
      ) : rows.length === 0 &&
        model.spans > 0 &&
        (url.mode === "tree" || url.mode === "timeline" || url.mode === "log") ? (
        <AllHidden />
      ) : (
        <>
          {url.mode === "tree" && <Tree ref={list} />}
          {url.mode === "timeline" && <Timeline ref={list} />}
          {url.mode === "log" && <Log ref={list} />}
        </>
      )}
    </ErrorBoundary>
  );
}

function AllHidden(): ReactElement {
  const { setUrl, setTaste } = useViewer();
  const showAll = () => {
    setUrl({ min: 0 });
    setTaste({ minShare: 0, stepsOnly: false });
  };
  return (
    <EmptyState
      title="All spans are hidden"
      action={
        <button type="button" onClick={showAll} className="text-accent underline">
          Show all
        </button>
      }
    >
      The lowest level or another display setting hides every span of this trace.
    </EmptyState>
  );
}

function Waiting(): ReactElement {
  return (
    <div className="flex flex-col gap-3 p-3" aria-busy>
      {[80, 60, 70, 40].map((width) => (
        <Skeleton key={width} width={`${width}%`} height="1.25rem" />
      ))}
    </div>
  );
}
