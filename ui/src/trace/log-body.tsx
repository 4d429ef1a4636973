// What went in and what came out of a span, under its line in the log.
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useEffect, useRef } from "react";

import { ErrorState, Skeleton } from "@/design";

import { StoredValue, useWhole } from "./detail/stored-value";
import { spanQuery } from "./queries";
import type { Span } from "./types";
import { useViewer } from "./viewer-state";

export interface LogBodyProps {
  spanId: string;
  /** Pixels that it needs, whenever they change. */
  onHeight: (spanId: string, height: number) => void;
}

export function LogBody({ spanId, onHeight }: LogBodyProps): ReactElement {
  const { source, traceId } = useViewer();
  const { data: span, error, refetch } = useQuery(spanQuery(source, traceId, spanId));
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(() => onHeight(spanId, element.offsetHeight));
    observer.observe(element);
    return () => observer.disconnect();
  }, [spanId, onHeight]);
  return (
    <div role="gridcell" ref={box} className="border-t border-line bg-s1 pb-2 pl-6">
      {span ? (
        <Texts span={span} />
      ) : error ? (
        <ErrorState compact error={error} onRetry={() => void refetch()} />
      ) : (
        <div className="flex flex-col gap-2 p-3" aria-busy>
          <Skeleton width="40%" />
          <Skeleton width="60%" />
        </div>
      )}
    </div>
  );
}

function Texts({ span }: { span: Span }): ReactElement {
  const input = useWhole({ stored: span.input, spanId: span.id, field: "input" });
  const output = useWhole({ stored: span.output, spanId: span.id, field: "output" });
  return (
    <>
      {span.statusMessage && (
        <pre className="max-h-48 overflow-auto px-3 pt-2 whitespace-pre-wrap text-danger">
          {span.statusMessage}
        </pre>
      )}
      <StoredValue title="Input" level={2} stored={span.input} whole={input} />
      <StoredValue title="Output" level={2} stored={span.output} whole={output} />
    </>
  );
}
