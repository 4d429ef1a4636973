// S07 for whoever has the link of a published trace: the same viewer without an account, read-only.
import { useQuery } from "@tanstack/react-query";
import { Globe } from "lucide-react";
import { type ReactElement, useEffect, useMemo } from "react";

import { Badge } from "@/design";
import { shortId } from "@/kit/format";
import { MediaPlaceContext } from "@/kit/media";
import { Page } from "@/kit/page";
import { installShortcuts } from "@/kit/registry";
import { text, usePathId, useUrlState } from "@/kit/url";
import { WORDS } from "@/kit/words";
import { headQuery, readPublishedMedia, Status, TraceView, UNNAMED } from "@/trace";

// `timestamp` is what links of the SDKs carry; `project` tells apart what several projects have published.
const CODEC = { timestamp: text(""), project: text("") };

export default function PublishedTracePage(): ReactElement {
  const traceId = usePathId("traceId");
  const [{ timestamp, project }] = useUrlState(CODEC);
  const source = useMemo(() => ({ published: project }), [project]);
  const media = useMemo(
    () => ({
      of: `${project} ${traceId}`,
      read: (id: string, signal: AbortSignal) => readPublishedMedia(source, { trace: traceId, id }, signal),
    }),
    [source, project, traceId],
  );
  const near = timestamp || undefined;
  const { data: head } = useQuery(headQuery(source, traceId, near));
  const name = head ? head.name || UNNAMED : "Published trace";
  useEffect(installShortcuts, []);
  const beside = head && (
    <span className="flex shrink-0 items-center gap-1">
      <Status head={head} />
      <Badge icon={Globe}>Read-only</Badge>
    </span>
  );
  return (
    <MediaPlaceContext.Provider value={media}>
      <main className="flex h-dvh min-w-0 flex-col bg-bg">
        <div className="flex h-12 shrink-0 items-center border-b border-line px-3 print:h-auto">
          <Page title={name} documentTitle={`${shortId(traceId)} \u00b7 ${name}`} beside={beside}>
            {null}
          </Page>
          <p className="ml-auto pl-3 font-semibold text-3">{WORDS.product}</p>
        </div>
        <div className="flex min-h-0 flex-1 flex-col print:block">
          <TraceView source={source} traceId={traceId} near={near} />
        </div>
      </main>
    </MediaPlaceContext.Provider>
  );
}
