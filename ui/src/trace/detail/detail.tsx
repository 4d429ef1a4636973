// The right side: the selected span, or the trace itself.
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, type Ref, useEffect, useState } from "react";

import { EmptyState, ErrorState, Skeleton, Tabs } from "@/design";
import { ErrorBoundary } from "@/kit/error-boundary";

import { MARK, hasMark } from "../model";
import { spanQuery } from "../queries";
import { FLAG } from "../skeleton";
import { isPublished } from "../source";
import type { HeadFailure, Span, TraceHead } from "../types";
import { useViewer } from "../viewer-state";
import { CommentsTab } from "./comments-tab";
import { MetadataTab } from "./metadata-tab";
import { MessagesTab } from "./messages-tab";
import { RawTab } from "./raw-tab";
import { ScoresTab } from "./scores-tab";
import { SpanHeader, TraceSummary } from "./span-header";

export interface DetailProps {
  head: TraceHead | undefined;
  /** Why there is no head. */
  failure: HeadFailure;
  onScore: () => void;
  ref: Ref<HTMLDivElement>;
}

export function Detail({ head, failure, onScore, ref }: DetailProps): ReactElement {
  const { model, selected, url } = useViewer();
  return (
    <section
      ref={ref}
      tabIndex={-1}
      aria-label={selected < 0 ? "Trace" : "Span"}
      className="focus-inset flex min-h-0 min-w-0 flex-1 flex-col"
    >
      <ErrorBoundary label="The detail" resetKey={`${url.observation} ${url.tab}`}>
        {selected >= 0 && hasMark(model, selected, MARK.missingParent) ? (
          <EmptyState title="The parent of these spans is missing">
            They name a parent that this trace does not have. It was not sent, was filtered out, or has not
            arrived yet.
          </EmptyState>
        ) : selected >= 0 ? (
          <SpanDetail id={model.rows[selected]!.id} node={selected} onScore={onScore} />
        ) : head ? (
          <TraceDetail head={head} onScore={onScore} />
        ) : (
          <ErrorState
            error={failure.error}
            title="Input and output of the trace could not be loaded"
            onRetry={failure.retry}
          />
        )}
      </ErrorBoundary>
    </section>
  );
}

/** The last id that rested for a moment: while keys repeat, no body is fetched for each row passed. */
function useResting(id: string, isKnown: boolean): string {
  const [resting, setResting] = useState(id);
  useEffect(() => {
    const timer = setTimeout(() => setResting(id), isKnown ? 0 : 60);
    return () => clearTimeout(timer);
  }, [id, isKnown]);
  return isKnown ? id : resting;
}

function SpanDetail({ id, node, onScore }: { id: string; node: number; onScore: () => void }): ReactElement {
  const { source, traceId, model } = useViewer();
  const { flags } = model.rows[node]!;
  const known = useQuery({ ...spanQuery(source, traceId, id), enabled: false });
  const resting = useResting(id, known.data !== undefined);
  const query = useQuery(spanQuery(source, traceId, resting));
  const span = resting === id ? query.data : undefined;
  return (
    <>
      <SpanHeader node={node} span={span} />
      {query.error && !span ? (
        <ErrorState
          error={query.error}
          title="The span could not be loaded"
          onRetry={() => void query.refetch()}
        />
      ) : (
        <DetailTabs
          scores={span?.scores.length ?? placeOf(flags & FLAG.scores)}
          comments={span?.comments ?? placeOf(flags & FLAG.comments)}
          messages={span ? <MessagesTab span={span} /> : <Waiting />}
          metadata={span ? <MetadataTab of={span} /> : <Waiting />}
          scoreList={span ? <ScoresTab scores={span.scores} onScore={onScore} /> : <Waiting />}
          commentList={<CommentsTab key={id} objectType="OBSERVATION" objectId={id} />}
          raw={span ? <RawTab record={span} spanId={id} /> : <Waiting />}
        />
      )}
    </>
  );
}

function TraceDetail({ head, onScore }: { head: TraceHead; onScore: () => void }): ReactElement {
  return (
    <>
      <TraceSummary head={head} />
      <DetailTabs
        scores={head.scores.length}
        comments={head.comments}
        messages={<MessagesTab trace={head} />}
        metadata={<MetadataTab of={head} />}
        scoreList={<ScoresTab scores={head.scores} onScore={onScore} withSpans />}
        commentList={<CommentsTab objectType="TRACE" objectId={head.id} />}
        raw={<RawTab record={head} spanId={null} />}
      />
    </>
  );
}

/** Where a number comes, a space as wide as a digit: the tabs beside it stay where they are. */
const placeOf = (isComing: number) => (isComing ? "\u2007" : undefined);

interface DetailTabsProps {
  scores?: number | string;
  comments?: number | string;
  messages: ReactElement;
  metadata: ReactElement;
  scoreList: ReactElement;
  commentList: ReactElement;
  raw: ReactElement;
}

function DetailTabs({
  scores,
  comments,
  messages,
  metadata,
  scoreList,
  commentList,
  raw,
}: DetailTabsProps): ReactElement {
  const { source, url, setTab } = useViewer();
  const isVisitor = isPublished(source);
  const panels = { messages, metadata, scores: scoreList, comments: commentList, raw };
  return (
    <Tabs
      label="Detail"
      className="flex-1"
      selected={isVisitor && url.tab === "comments" ? "messages" : url.tab}
      onChange={setTab}
      items={[
        { id: "messages", label: "Messages" },
        { id: "metadata", label: "Metadata" },
        { id: "scores", label: "Scores", count: scores || undefined },
        ...(isVisitor ? [] : [{ id: "comments" as const, label: "Comments", count: comments || undefined }]),
        { id: "raw", label: "Raw" },
      ]}
    >
      {(id) => panels[id]}
    </Tabs>
  );
}

/** The open tab, on its way. */
export function Waiting(): ReactElement {
  return (
    <div className="flex flex-col gap-3 p-3" aria-busy>
      <Skeleton width="30%" height="1rem" />
      <Skeleton height="4rem" />
      <Skeleton width="20%" height="1rem" />
      <Skeleton height="6rem" />
    </div>
  );
}

export type DetailOf = Span | TraceHead;
