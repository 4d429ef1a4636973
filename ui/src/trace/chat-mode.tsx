// Only the conversation: what people and agents said to each other, each message once.
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useMemo } from "react";

import { EmptyState, ErrorState, Skeleton } from "@/design";
import { Conversation, conversationOf } from "@/kit/messages";

import { conversationQuery } from "./queries";
import type { Conversation as Calls } from "./types";
import { useViewer } from "./viewer-state";

export default function ChatMode(): ReactElement {
  const { source, traceId } = useViewer();
  const { data, error, refetch } = useQuery(conversationQuery(source, traceId));
  if (error && !data) {
    return (
      <ErrorState error={error} title="The conversation could not be loaded" onRetry={() => void refetch()} />
    );
  }
  if (!data) {
    return (
      <div className="flex flex-col gap-4 p-4" aria-busy>
        {[60, 80, 40].map((width) => (
          <Skeleton key={width} width={`${width}%`} height="3rem" />
        ))}
      </div>
    );
  }
  return data.generations.length === 0 ? (
    <EmptyState title="No conversation">This trace has no call of a language model.</EmptyState>
  ) : (
    <Chat calls={data} />
  );
}

function Chat({ calls }: { calls: Calls }): ReactElement {
  const { model, select } = useViewer();
  const exchanges = useMemo(
    () => conversationOf(calls.generations.map((call) => ({ ...call, name: call.name ?? "" }))),
    [calls],
  );
  if (exchanges.length === 0) {
    return (
      <EmptyState title="No messages">The calls of this trace recorded neither input nor output.</EmptyState>
    );
  }
  const open = (id: string) => {
    const node = model.indexOf.get(id);
    if (node !== undefined) select(node);
  };
  return (
    <div className="min-h-0 flex-1 overflow-auto p-3">
      {calls.truncated && (
        <p className="pb-2 text-table text-warn">The messages of the first 200 model calls.</p>
      )}
      <Conversation
        exchanges={exchanges}
        agentName={(id) => model.rows[model.indexOf.get(id) ?? -1]?.name}
        onOpen={open}
      />
    </div>
  );
}
