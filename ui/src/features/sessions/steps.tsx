// What happened between question and answer: calls of tools and models, loaded when one looks.
import { useQuery } from "@tanstack/react-query";
import { ChevronRight, Footprints } from "lucide-react";
import clsx from "clsx";
import { useMemo, type ReactElement } from "react";
import { ErrorState, Skeleton } from "@/design";
import { formatDuration } from "@/kit/format";
import { Conversation, conversationOf, type Exchange, type Generation, type Message } from "@/kit/messages";
import type { Turn } from "./session-queries";
import { stepsQuery } from "./session-queries";
import { type Show, stepsText } from "./turn-model";

export interface StepsProps {
  projectId: string;
  turn: Turn;
  /** What was said up to this turn stands above or around the steps already. */
  isKnown: (message: Message) => boolean;
  show: Show;
  isOpen: boolean;
  onToggle: (open: boolean) => void;
  withSystem: boolean;
  /** Only the messages, without the line that opens them. */
  isBare?: boolean;
}

export function Steps({ isBare, turn, isOpen, onToggle, ...rest }: StepsProps): ReactElement | null {
  const text = stepsText(turn);
  if (isBare) return <Loaded turn={turn} {...rest} />;
  if (text === "") return null;
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={(event) => {
          event.stopPropagation();
          onToggle(!isOpen);
        }}
        className="flex min-h-6 items-center gap-1.5 rounded-control text-table text-2 hover:text-1"
      >
        <ChevronRight size={12} aria-hidden className={clsx("transition-transform", isOpen && "rotate-90")} />
        <Footprints size={14} aria-hidden />
        {text}
        <span className="tabular text-3">{formatDuration(turn.trace.latency)}</span>
      </button>
      {isOpen && (
        <div className="mt-1 border-l border-line pl-3">
          <Loaded turn={turn} {...rest} />
        </div>
      )}
    </div>
  );
}

function Loaded({
  projectId,
  turn,
  isKnown,
  show,
  withSystem,
}: Omit<StepsProps, "isBare" | "isOpen" | "onToggle">): ReactElement {
  const { data, error, refetch } = useQuery(stepsQuery(projectId, turn.trace.id));
  const exchanges = useMemo(
    () => (data ? pick(data.generations, show, isKnown, withSystem) : []),
    [data, show, isKnown, withSystem],
  );
  if (error && !data)
    return (
      <ErrorState
        error={error}
        title="The steps could not be loaded"
        onRetry={() => void refetch()}
        compact
      />
    );
  if (!data) return <Skeleton height="4rem" />;
  if (exchanges.length === 0) return <p className="text-table text-3">{EMPTY[show]}</p>;
  return (
    <>
      <Conversation exchanges={exchanges} />
      {data.truncated && <p className="mt-1 text-table text-3">Only the first 200 model calls are shown.</p>}
    </>
  );
}

const EMPTY: Record<Show, string> = {
  conversation: "No messages beside question and answer. The trace shows all steps.",
  all: "This trace has no call of a model.",
  first: "This trace has no call of a model.",
  agents: "This trace has no agent.",
};

function pick(
  generations: readonly Generation[],
  show: Show,
  isKnown: (message: Message) => boolean,
  withSystem: boolean,
): Exchange[] {
  const chosen =
    show === "first"
      ? generations.slice(0, 1)
      : show === "agents"
        ? generations.filter(({ agent }) => agent)
        : generations;
  const isWanted = (message: Message): boolean =>
    !(show === "conversation" && isKnown(message)) &&
    (withSystem || (message.role !== "system" && message.role !== "developer"));
  return conversationOf(chosen)
    .map((exchange) => ({
      ...exchange,
      entries: exchange.entries.filter(({ message }) => isWanted(message)),
    }))
    .filter(({ entries }) => entries.length > 0);
}
