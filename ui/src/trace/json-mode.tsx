// The whole trace with all its observations as JSON, as the public API gives it.
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, type RefObject, useState } from "react";

import { Button, EmptyState, ErrorState, Skeleton } from "@/design";
import { formatCount } from "@/kit/format";
import { JsonView } from "@/kit/json-view";

import { readWholeTrace, traceKey } from "./queries";
import { useViewer } from "./viewer-state";

/** Beyond this many spans it is asked for, not loaded by itself: inputs and outputs of all of them are in it. */
const ASK_FROM = 1_000;

export default function JsonMode({ findRef }: { findRef: RefObject<HTMLInputElement | null> }): ReactElement {
  const { projectId, traceId, model } = useViewer();
  const [isWanted, setWanted] = useState(model.total < ASK_FROM);
  const { data, error, refetch } = useQuery({
    queryKey: [...traceKey(projectId, traceId), "json", model.cursor],
    queryFn: ({ signal }) => readWholeTrace(projectId, traceId, signal),
    enabled: isWanted,
    gcTime: 60_000,
    structuralSharing: false,
  });
  if (!isWanted) {
    return (
      <EmptyState
        title="This is a large trace"
        action={<Button onPress={() => setWanted(true)}>Load everything</Button>}
      >
        Its JSON holds the inputs and outputs of {formatCount(model.total)} spans.
      </EmptyState>
    );
  }
  if (error && data === undefined)
    return <ErrorState error={error} title="The trace could not be read" onRetry={() => void refetch()} />;
  if (data === undefined) {
    return (
      <div className="flex flex-col gap-2 p-3" aria-busy>
        {[30, 55, 45, 60].map((width) => (
          <Skeleton key={width} width={`${width}%`} />
        ))}
      </div>
    );
  }
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <JsonView text={data} label="Trace as JSON" findRef={findRef} className="min-h-0 flex-1" />
    </div>
  );
}
