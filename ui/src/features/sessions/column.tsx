// The conversation, 760 px wide. It follows what is new only for a reader who is at its end.
import { useEffect, useMemo, useRef, type ReactElement } from "react";
import { Button, Skeleton } from "@/design";
import { contentKey, type Message } from "@/kit/messages";
import { formatDuration } from "@/kit/format";
import { idleBefore } from "./schedule";
import type { Turn } from "./session-queries";
import { TurnCard, type TurnCardProps } from "./turn-card";
import { firstTurns, type Said, type Show } from "./turn-model";
import type { OpenSteps } from "./use-open-steps";
import type { Replay } from "./use-replay";

export interface ColumnProps {
  projectId: string;
  turns: readonly Turn[];
  said: readonly Said[];
  show: Show;
  withSystem: boolean;
  replay: Replay;
  /** -1: none. */
  current: number;
  steps: OpenSteps;
  isLoading: boolean;
  onSelect: (traceId: string) => void;
  onOpen: (traceId: string) => void;
  more?: () => void;
}

const AT_END = 48;

export function Column({
  turns,
  said,
  replay,
  current,
  isLoading,
  more,
  steps,
  ...rest
}: ColumnProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const first = useMemo(() => firstTurns(said), [said]);
  const known = useMemo(
    () =>
      said.map((_, index) => (message: Message) => {
        const key = contentKey(message);
        return key !== null && (first.get(key) ?? Infinity) <= index;
      }),
    [said, first],
  );
  const isAtEnd = useRef(false);
  const currentId = turns[current]?.trace.id;
  const { isOn, count } = replay;
  // `count`: with every message of a replay the end moves.
  useEffect(() => {
    if (currentId === undefined) return;
    box.current
      ?.querySelector(`[data-turn="${CSS.escape(currentId)}"]`)
      ?.scrollIntoView({ block: isOn ? "end" : "nearest" });
  }, [currentId, isOn, count]);
  const last = turns[turns.length - 1];
  useEffect(() => {
    const element = box.current;
    if (element && isAtEnd.current && !isOn) element.scrollTop = element.scrollHeight;
  }, [turns.length, last?.output.length, isOn]);
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div
      ref={box}
      tabIndex={0}
      role="log"
      aria-label="Conversation"
      aria-live="off"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => {
        isAtEnd.current = scrollHeight - scrollTop - clientHeight < AT_END && scrollTop > 0;
      }}
      className="focus-inset min-w-0 flex-1 overflow-y-auto"
    >
      <div className="mx-auto flex max-w-190 flex-col gap-4 px-3 py-4">
        {isLoading && [5, 9, 4, 8].map((height, index) => <Skeleton key={index} height={`${height}rem`} />)}
        {turns.map((turn, index) => {
          const shown = replay.shown(index);
          const gap = shown.asked ? idleBefore(turns, index) : null;
          return (
            <div key={turn.trace.id} className="flex min-w-0 flex-col gap-4">
              {gap !== null && <Idle seconds={gap / 1000} />}
              <TurnCard
                {...rest}
                turn={turn}
                number={index + 1}
                said={said[index] as Said}
                isKnown={known[index] as TurnCardProps["isKnown"]}
                shown={shown}
                isCurrent={index === current}
                stepsOpen={steps.has(turn.trace.id)}
                onSteps={steps.set}
              />
            </div>
          );
        })}
        {more && <Button onPress={more}>Load more turns</Button>}
      </div>
    </div>
  );
}

function Idle({ seconds }: { seconds: number }): ReactElement {
  return (
    <div
      role="separator"
      aria-label={`${formatDuration(seconds)} without a message`}
      className="flex items-center gap-3 text-table text-3"
    >
      <span aria-hidden className="h-px flex-1 bg-line" />
      <span className="tabular">{formatDuration(seconds)} later</span>
      <span aria-hidden className="h-px flex-1 bg-line" />
    </div>
  );
}
