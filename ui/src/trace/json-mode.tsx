// The whole trace with all its observations as JSON, as the public API gives it.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactElement, type RefObject, useState } from "react";

import { Button, EmptyState, ErrorState } from "@/design";
import { formatCount } from "@/kit/format";
import { JsonSkeleton, JsonView } from "@/kit/json-view";

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
    // While a running trace is read again, what was there stays.
    placeholderData: keepPreviousData,
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
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      {data === undefined ? (
        <JsonSkeleton className="flex-1" />
      ) : (
        <JsonView text={data} label="Trace as JSON" findRef={findRef} className="flex-1" />
      )}
    </div>
  );
}
