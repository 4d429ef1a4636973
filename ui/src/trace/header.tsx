// The head of a trace: what it is, how it went, whose it is, and what can be done with it.
import { ChevronLeft, ChevronRight, LoaderCircle } from "lucide-react";
import { memo, type ReactElement, useEffect, useState } from "react";

import { Badge, CopyButton, IconButton, LevelBadge, Link, TypeIcon } from "@/design";
import {
  formatCost,
  formatCount,
  formatDuration,
  formatTime,
  formatTimeDetails,
  formatTokenPair,
  shortId,
} from "@/kit/format";
import { paths } from "@/kit/url";

import { Actions, VisitorActions } from "./actions";
import { Fact } from "./detail/fact";
import type { Neighbours } from "./neighbours";
import { Tags } from "./tags";
import { isPublished } from "./source";
import type { TraceHead } from "./types";
import { useTrace } from "./viewer-state";

export interface HeaderProps {
  head: TraceHead;
  neighbours?: Neighbours;
  onGo?: (traceId: string) => void;
  onScore: () => void;
}

export const Header = memo(function Header({ head, neighbours, onGo, onScore }: HeaderProps): ReactElement {
  const { embedded, source } = useTrace();
  const right = (
    <span className="ml-auto flex shrink-0 items-center">
      {neighbours?.place && onGo && <PrevNext neighbours={neighbours} onGo={onGo} />}
      {isPublished(source) ? <VisitorActions /> : <Actions head={head} onScore={onScore} />}
    </span>
  );
  // On its page the name stands in the top bar.
  return embedded ? (
    <header className="flex shrink-0 flex-col gap-1 border-b border-line px-3 py-2">
      <div className="flex min-w-0 items-center gap-2">
        <TypeIcon type="TRACE" size={16} />
        <h2 className="min-w-0 truncate text-form font-semibold" title={head.name ?? undefined}>
          {head.name || UNNAMED}
        </h2>
        <Status head={head} />
        {right}
      </div>
      <Facts head={head} />
    </header>
  ) : (
    <header className="flex shrink-0 items-start gap-4 border-b border-line px-3 py-1 max-md:flex-col-reverse max-md:gap-1">
      <div className="flex min-h-control min-w-0 flex-1 items-center">
        <Facts head={head} />
      </div>
      {right}
    </header>
  );
});

export const UNNAMED = "Unnamed trace";

/** What is wrong with it, and whether it still runs. */
export function Status({ head }: { head: TraceHead }): ReactElement {
  return (
    <span className="flex shrink-0 items-center gap-1">
      <LevelBadge level={head.level} />
      {head.running && <Running />}
    </span>
  );
}

function Running(): ReactElement {
  return (
    <Badge tone="info">
      <span className="inline-flex items-center gap-1">
        <LoaderCircle size={12} aria-hidden className="animate-spin" />
        Running
      </span>
    </Badge>
  );
}

function PrevNext({
  neighbours,
  onGo,
}: {
  neighbours: Neighbours;
  onGo: (traceId: string) => void;
}): ReactElement {
  const { previous, next, place } = neighbours;
  return (
    <span data-chrome className="flex shrink-0 items-center">
      <IconButton
        label="Previous trace of the list"
        shortcut="shift+k"
        icon={ChevronLeft}
        isDisabled={!previous}
        onPress={() => previous && onGo(previous)}
      />
      <span className="tabular text-table text-3">
        {place!.at}/{place!.of}
      </span>
      <IconButton
        label="Next trace of the list"
        shortcut="shift+j"
        icon={ChevronRight}
        isDisabled={!next}
        onPress={() => next && onGo(next)}
      />
    </span>
  );
}

/** How long a span that has no end yet has been running. */
function Elapsed({ since }: { since: string }): ReactElement {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const seconds = Math.max(0, Math.floor((now - Date.parse(since)) / 1000));
  return <span title="Still running">{formatDuration(seconds)}</span>;
}

function Facts({ head }: { head: TraceHead }): ReactElement {
  const { projectId, model } = useTrace();
  const { tokens } = head;
  const isOpen = head.running && model.rows.some(({ duration, type }) => duration < 0 && type !== "EVENT");
  return (
    <dl className="flex min-w-0 flex-wrap items-center gap-x-4 gap-y-0.5 text-table max-md:gap-y-2">
      <div className="inline-flex items-center gap-0.5">
        <dt className="sr-only">Id</dt>
        <dd className="inline-flex items-center gap-0.5">
          <span className="mono text-3" title={head.id}>
            {shortId(head.id)}
          </span>
          <CopyButton text={head.id} label="Copy trace id" />
        </dd>
      </div>
      <Fact label="Started" title={formatTimeDetails(head.time)}>
        <time dateTime={head.time}>{formatTime(head.time)}</time>
      </Fact>
      <Fact label="Duration">{isOpen ? <Elapsed since={head.time} /> : formatDuration(head.latency)}</Fact>
      <Fact label="Cost" title={head.cost === null ? "No price is known for its models" : undefined}>
        {formatCost(head.cost, { detail: true })}
      </Fact>
      {tokens && <Fact label="Tokens">{formatTokenPair(tokens.in, tokens.out, tokens.cached)}</Fact>}
      <Fact label="Spans">{formatCount(Math.max(model.total, head.observations))}</Fact>
      {head.errors > 0 && (
        <Fact label="Errors">
          <span className="text-danger">{formatCount(head.errors)}</span>
        </Fact>
      )}
      {head.user && (
        <Fact label="User">
          <Link href={paths.user(projectId, head.user)}>{head.user}</Link>
        </Fact>
      )}
      {head.session && (
        <Fact label="Session">
          <Link href={paths.session(projectId, head.session)}>{shortId(head.session)}</Link>
        </Fact>
      )}
      {head.env !== "default" && <Fact label="Env">{head.env}</Fact>}
      {head.release && <Fact label="Release">{head.release}</Fact>}
      {head.version && <Fact label="Version">{head.version}</Fact>}
      <Tags head={head} />
    </dl>
  );
}
