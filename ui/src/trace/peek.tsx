// The trace viewer inside of a list: loaded when the first row is opened, so that lists start light.
import { lazy, Suspense, type ReactElement } from "react";

const TraceView = lazy(async () => ({ default: (await import("./trace-view")).TraceView }));

type Props = { projectId: string; traceId: string; near?: string };

export function TracePeek({ projectId, ...place }: Props): ReactElement {
  return (
    <Suspense fallback={<div aria-busy className="h-full" />}>
      <TraceView source={projectId} {...place} embedded />
    </Suspense>
  );
}
