// One trace, wherever it is shown: its page, the peek of a list, a session's panel. Loads head and skeleton, waits for a
// trace that has not arrived yet, and keeps a running one up to date.
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactElement, useMemo } from "react";

import { EmptyState, ErrorState, Link, Spinner } from "@/design";
import { ErrorBoundary } from "@/kit/error-boundary";
import { paths } from "@/kit/url";

import { Loading } from "./loading";
import { buildModel } from "./model";
import type { Neighbours } from "./neighbours";
import { headQuery, skeletonQuery, useLiveTrace, WAIT_TRIES } from "./queries";
import { isPublished, type Source } from "./source";
import { TraceViewer } from "./viewer";

export interface TraceViewProps {
  source: Source;
  traceId: string;
  /** A moment close to the trace, if known: finds it faster. ISO. */
  near?: string;
  /** Inside of another page: smaller, without keys of its own outside of the focused tree. */
  embedded?: boolean;
  neighbours?: Neighbours;
  /** Goes to another trace of the list. */
  onGo?: (traceId: string) => void;
}

export function TraceView(props: TraceViewProps): ReactElement {
  return (
    <ErrorBoundary label="The trace" resetKey={props.traceId}>
      <Loaded key={props.traceId} {...props} />
    </ErrorBoundary>
  );
}

function Loaded({ source, traceId, near, embedded = false, neighbours, onGo }: TraceViewProps): ReactElement {
  const head = useQuery({ ...headQuery(source, traceId, near), placeholderData: keepPreviousData });
  const skeleton = useQuery(skeletonQuery(source, traceId, near));
  useLiveTrace(source, traceId, true, head.data?.running ?? false);
  const model = useMemo(() => (skeleton.data ? buildModel(skeleton.data) : undefined), [skeleton.data]);

  // Both at once: on a narrow screen a head that came later would push everything down.
  if (model && (head.data || head.isError)) {
    const failure = { error: head.error, retry: () => void head.refetch() };
    return (
      <TraceViewer {...{ source, traceId, model, embedded, neighbours, onGo, failure }} head={head.data} />
    );
  }
  const error = skeleton.error ?? head.error;
  const status = (error as { status?: number } | null)?.status;
  if (error && status === 404) {
    if (isPublished(source)) return <NotPublished traceId={traceId} />;
    return (
      <EmptyState title="This trace is not here">
        It may have been deleted or belong to another project. If it was sent just now, ingestion may lag:
        this page shows it as soon as it arrives.
      </EmptyState>
    );
  }
  if (error) {
    const retry = () => void Promise.all([head.refetch(), skeleton.refetch()]);
    return <ErrorState error={error} title="The trace could not be loaded" onRetry={retry} />;
  }
  if (skeleton.failureCount > 0 && (skeleton.failureReason as { status?: number } | null)?.status === 404) {
    return <NotYet tries={skeleton.failureCount} />;
  }
  return <Loading embedded={embedded} />;
}

/** The same words whether there is no such trace or it is not published. */
function NotPublished({ traceId }: { traceId: string }): ReactElement {
  return (
    <EmptyState
      title="This trace is not here, or it is not published"
      action={<Link href={paths.anyTrace(traceId)}>I am a member of its project</Link>}
    >
      Whoever sent you the link can publish the trace, or may have taken it back.
    </EmptyState>
  );
}

function NotYet({ tries }: { tries: number }): ReactElement {
  const left = Math.max(0, (WAIT_TRIES - tries) * 2);
  return (
    <EmptyState
      title="This trace has not arrived yet"
      action={<Spinner label={`Looking for ${left} s more`} />}
    >
      Ingestion may lag a few seconds behind the SDK, which also sends in batches.
    </EmptyState>
  );
}
