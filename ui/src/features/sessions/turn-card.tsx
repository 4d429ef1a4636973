// One turn: what the user said, the steps in between (folded), the answer, and one line of numbers.
import clsx from "clsx";
import { memo, useMemo, type ReactElement } from "react";
import { Badge, Button, LevelBadge, Link } from "@/design";
import {
  formatCost,
  formatDuration,
  formatScore,
  formatTime,
  formatTimeDetails,
  formatTokenPair,
} from "@/kit/format";
import { JsonView } from "@/kit/json-view";
import { type Message, MessageList } from "@/kit/messages";
import { paths } from "@/kit/url";
import type { Shown } from "./schedule";
import type { Turn } from "./session-queries";
import { Steps } from "./steps";
import { ChooseReply } from "./choose-reply";
import type { Said, Show } from "./turn-model";

export interface TurnCardProps {
  projectId: string;
  turn: Turn;
  number: number;
  said: Said;
  isKnown: (message: Message) => boolean;
  show: Show;
  shown: Shown;
  withSystem: boolean;
  isCurrent: boolean;
  stepsOpen: boolean;
  onSelect: (traceId: string) => void;
  onSteps: (traceId: string, open: boolean) => void;
  onOpen: (traceId: string) => void;
}

export const TurnCard = memo(function TurnCard(props: TurnCardProps): ReactElement | null {
  const { turn, number, said, show, shown, withSystem, isCurrent, projectId } = props;
  const { trace } = turn;
  const visible = useMemo(
    () => [...(withSystem ? said.system : []), ...(shown.asked ? said.asked : [])],
    [said, withSystem, shown.asked],
  );
  if (!shown.asked) return null;
  return (
    // The keys j, k and Enter do the same as the click.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/no-noninteractive-element-interactions
    <div
      role="group"
      id={`turn-${number}`}
      data-turn={trace.id}
      aria-label={`Turn ${number}`}
      aria-current={isCurrent || undefined}
      onClick={() => props.onSelect(trace.id)}
      className={clsx("scroll-my-4 border-l-2 py-1 pl-3", isCurrent ? "border-accent" : "border-transparent")}
    >
      <Heading turn={turn} number={number} />
      {show === "conversation" ? (
        <Conversation {...props} messages={visible} />
      ) : (
        <Steps
          projectId={projectId}
          turn={turn}
          isKnown={props.isKnown}
          show={show}
          isOpen
          onToggle={() => {}}
          withSystem={withSystem}
          isBare
        />
      )}
      {shown.answered && <Numbers turn={turn} projectId={projectId} onOpen={props.onOpen} />}
    </div>
  );
});

function Heading({ turn: { trace }, number }: { turn: Turn; number: number }): ReactElement {
  return (
    <h2 className="mb-1 flex min-w-0 items-center gap-2 text-table text-3">
      <span className="tabular font-semibold text-2">{number}</span>
      <time dateTime={trace.time} title={formatTimeDetails(trace.time)}>
        {formatTime(trace.time)}
      </time>
      <span className="truncate">{trace.name}</span>
      {trace.level !== "DEFAULT" && <LevelBadge level={trace.level} />}
    </h2>
  );
}

function Conversation({ messages, ...props }: TurnCardProps & { messages: Message[] }): ReactElement {
  const { turn, said, shown, projectId } = props;
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <MessageList messages={messages} />
      {shown.answered && (
        <Steps
          projectId={projectId}
          turn={turn}
          isKnown={props.isKnown}
          show="conversation"
          isOpen={props.stepsOpen}
          onToggle={(open) => props.onSteps(turn.trace.id, open)}
          withSystem={props.withSystem}
        />
      )}
      {!shown.answered ? (
        <p className="text-table text-3">Waiting for the answer…</p>
      ) : said.isUnreadable ? (
        <ChooseReply projectId={projectId} turn={turn} />
      ) : (
        <Answer said={said} turn={turn} />
      )}
    </div>
  );
}

function Answer({ said, turn }: { said: Said; turn: Turn }): ReactElement {
  if (said.answered.length > 0) return <MessageList messages={said.answered} />;
  if (turn.output.text !== "") return <JsonView text={turn.output.text} label="Output" compact />;
  return <p className="text-table text-3">No answer was recorded.</p>;
}

function Numbers({
  turn,
  projectId,
  onOpen,
}: {
  turn: Turn;
  projectId: string;
  onOpen: (id: string) => void;
}): ReactElement {
  const { trace, scores } = turn;
  return (
    <footer className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-1 text-table text-3">
      <span className="tabular">{formatDuration(trace.latency)}</span>
      {trace.tokens && (
        <span className="tabular">
          {formatTokenPair(trace.tokens.in, trace.tokens.out, trace.tokens.cached)}
        </span>
      )}
      <span className="tabular">{formatCost(trace.cost)}</span>
      {trace.errors > 0 && (
        <Badge tone="danger">{trace.errors === 1 ? "1 error" : `${trace.errors} errors`}</Badge>
      )}
      {scores.map((score) => (
        <Badge key={score.id} title={score.comment ?? undefined}>
          {score.name} {formatScore({ value: score.value, text: score.stringValue, type: score.dataType })}
        </Badge>
      ))}
      <span data-chrome className="ml-auto flex items-center gap-1">
        <Button variant="quiet" size="compact" onPress={() => onOpen(trace.id)}>
          Trace
        </Button>
        <Link look="quiet" size="compact" href={paths.trace(projectId, trace.id)}>
          Open page
        </Link>
      </span>
    </footer>
  );
}
