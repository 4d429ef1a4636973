// A trace that is on its way: head, overview strip, rows and detail in the sizes that they will have.
import type { ReactElement } from "react";

import { Skeleton } from "@/design";
import { useLocal } from "@/kit/local-store";
import { useUrlState } from "@/kit/url";

import { Waiting } from "./detail/detail";
import { DEFAULT_TASTE, isWide, type Taste } from "./taste";
import { TRACE_CODEC } from "./viewer-codec";
import { HAS_ROWS } from "./viewer-url";

/** Of the rows, in per cent, with the indents of a usual tree. */
const ROWS = [70, 55, 60, 45, 50, 40, 52];

export function Loading({ embedded }: { embedded: boolean }): ReactElement {
  const [stored] = useLocal<Partial<Taste>>("trace", {});
  const [{ mode }] = useUrlState(TRACE_CODEC);
  const taste = { ...DEFAULT_TASTE, ...stored };
  return (
    <div className="flex h-full min-h-0 flex-col bg-bg" aria-busy aria-label="Loading the trace">
      <HeadSkeleton embedded={embedded} />
      {taste.minimap && <div className="h-12 shrink-0 border-b border-line bg-s1" />}
      <div className="@container min-h-0 min-w-0 flex-1">
        <div
          className="flex h-full min-h-0 flex-col @min-[44rem]:flex-row"
          style={{ "--share": `${isWide(mode) ? taste.wide : taste.list}%` } as Record<string, string>}
        >
          <div className="flex min-h-0 min-w-0 shrink-0 basis-(--share) flex-col overflow-hidden">
            <ToolbarSkeleton hasRows={HAS_ROWS.has(mode)} />
            <div className="flex flex-col py-1">
              {ROWS.map((width, at) => (
                <div key={width} className="flex h-7 items-center px-3">
                  <Skeleton width={`${width - at * 2}%`} height="1rem" />
                </div>
              ))}
            </div>
          </div>
          <div className="min-h-0 min-w-0 flex-1 border-t border-line @min-[44rem]:border-t-0 @min-[44rem]:border-l">
            <DetailSkeleton />
          </div>
        </div>
      </div>
    </div>
  );
}

/** As high as the head that comes. */
function HeadSkeleton({ embedded }: { embedded: boolean }): ReactElement {
  return (
    <div className="flex shrink-0 flex-col gap-1 border-b border-line px-3 py-1">
      {embedded && (
        <div className="flex h-control items-center">
          <Skeleton width="16rem" height="1.25rem" />
        </div>
      )}
      <div className="flex h-control items-center">
        <Skeleton width="32rem" height="1rem" />
      </div>
    </div>
  );
}

function ToolbarSkeleton({ hasRows }: { hasRows: boolean }): ReactElement {
  return (
    <div className="flex shrink-0 flex-col gap-1.5 border-b border-line p-1.5">
      <Skeleton width="26rem" height="1.75rem" />
      {hasRows && <Skeleton height="var(--control)" />}
    </div>
  );
}

/** The two lines of a span, its tabs, and what is in the open one. */
function DetailSkeleton(): ReactElement {
  return (
    <>
      <div className="flex flex-col gap-2 border-b border-line px-3 py-2">
        <Skeleton width="12rem" height="1.5rem" />
        <Skeleton width="70%" height="1rem" />
      </div>
      <div className="flex h-8 items-center border-b border-line px-3">
        <Skeleton width="20rem" height="1rem" />
      </div>
      <Waiting />
    </>
  );
}
