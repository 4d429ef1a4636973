// The conversation of a trace: what people, models and tools said, each message once; agents below the first fold.
import { Bot } from "lucide-react";
import { useMemo, type ReactElement, type ReactNode } from "react";
import { Button } from "@/design";
import { formatTime } from "@/kit/format";
import type { Entry, Exchange } from "./conversation";
import { MessageCard } from "./message-card";
import { isAbsorbed, pairTools, type Pairing } from "./pairing";
import { Disclosure } from "./parts/disclosure";

export interface ConversationProps {
  exchanges: readonly Exchange[];
  /** Names of the agents by their ids. */
  agentName?: (id: string) => string | undefined;
  /** Opens the model call that a message was first seen in. */
  onOpen?: (generationId: string) => void;
}

export function Conversation({ exchanges, agentName, onOpen }: ConversationProps): ReactElement {
  const pairing = useMemo(
    () => pairTools(exchanges.flatMap(({ entries }) => entries.map(({ message }) => message))),
    [exchanges],
  );
  const agents = new Set(exchanges.map(({ agent }) => agent));
  const first = exchanges[0]?.agent ?? null;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {exchanges.map(({ agent, entries }) => {
        const key = entries[0]?.key;
        const list = <Entries key={key} entries={entries} pairing={pairing} onOpen={onOpen} />;
        if (agents.size < 2 || agent === first || agent === null) return list;
        return (
          <Disclosure
            key={key}
            icon={Bot}
            title={agentName?.(agent) ?? entries[0]?.generation.name ?? "Agent"}
            note={`${entries.length} messages`}
            isOpen
          >
            {list}
          </Disclosure>
        );
      })}
    </div>
  );
}

function Entries({
  entries,
  pairing,
  onOpen,
}: {
  entries: readonly Entry[];
  pairing: Pairing;
  onOpen?: (id: string) => void;
}): ReactElement {
  return (
    <div className="flex min-w-0 flex-col gap-2">
      {entries.map(({ key, message, generation }) =>
        isAbsorbed(message, pairing) ? null : (
          <MessageCard key={key} message={message} pairing={pairing} aside={aside(generation, onOpen)} />
        ),
      )}
    </div>
  );
}

function aside({ id, name, start }: Entry["generation"], onOpen?: (id: string) => void): ReactNode {
  const time = <span className="tabular text-caption text-3 max-sm:hidden">{formatTime(start)}</span>;
  if (!onOpen) return time;
  return (
    <>
      {time}
      <Button variant="quiet" size="compact" onPress={() => onOpen(id)} className="max-w-40 truncate">
        {name || "Open"}
      </Button>
    </>
  );
}
