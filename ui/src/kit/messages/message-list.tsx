// Messages in order, results under their calls.
import { useMemo, type ReactElement, type ReactNode } from "react";
import { MessageCard } from "./message-card";
import { isAbsorbed, pairTools } from "./pairing";
import type { Message } from "./types";

export interface MessageListProps {
  messages: readonly Message[];
  /** Beside message number `index`. */
  aside?: (index: number) => ReactNode;
}

export function MessageList({ messages, aside }: MessageListProps): ReactElement {
  const pairing = useMemo(() => pairTools(messages), [messages]);
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {messages.map((message, index) =>
        isAbsorbed(message, pairing) ? null : (
          <MessageCard key={index} message={message} pairing={pairing} aside={aside?.(index)} />
        ),
      )}
    </div>
  );
}
