// S07, the page form: one trace over the whole window.
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useCallback, useMemo } from "react";

import { useProject } from "@/api";
import { shortId } from "@/kit/format";
import { Page } from "@/kit/page";
import { paths, text, useGo, usePathId, useUrlState } from "@/kit/url";
import { headQuery, Status, TraceView, traceNeighbours, UNNAMED } from "@/trace";

// `timestamp` is what links of the SDKs carry.
const CODEC = { timestamp: text("") };

export default function TracePage(): ReactElement {
  const { id: projectId } = useProject();
  const traceId = usePathId("traceId");
  const [{ timestamp }] = useUrlState(CODEC);
  const go = useGo();
  const neighbours = useMemo(() => traceNeighbours(projectId, traceId), [projectId, traceId]);
  const onGo = useCallback((id: string) => go(paths.trace(projectId, id), "replace"), [go, projectId]);
  const near = timestamp || undefined;
  const { data: head } = useQuery(headQuery(projectId, traceId, near));
  const name = head ? head.name || UNNAMED : "Trace";
  return (
    <Page
      title={name}
      documentTitle={`${shortId(traceId)} \u00b7 ${name}`}
      crumbs={[{ label: "Traces", href: paths.traces(projectId) }]}
      beside={head && <Status head={head} />}
    >
      <div className="flex h-full min-h-0 flex-col">
        <TraceView source={projectId} traceId={traceId} near={near} neighbours={neighbours} onGo={onGo} />
      </div>
    </Page>
  );
}
