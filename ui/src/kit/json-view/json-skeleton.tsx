// A JSON tree that is on its way: its bar and its rows, so that it appears where it will stand.
import clsx from "clsx";
import type { ReactElement } from "react";
import { Skeleton } from "@/design";

/** Indent and width of a row, in rem. */
const ROWS = [
  [0, 5],
  [1, 14],
  [1, 11],
  [1, 18],
  [2, 12],
  [2, 16],
  [2, 9],
  [1, 13],
] as const;

export function JsonSkeleton({ className }: { className?: string }): ReactElement {
  return (
    <div
      aria-busy
      className={clsx("flex min-h-0 min-w-0 flex-col rounded-control border border-line bg-bg", className)}
    >
      <div className="flex h-9 shrink-0 items-center border-b border-line px-1">
        <Skeleton width="14rem" height="var(--control)" />
      </div>
      <div className="overflow-hidden py-1">
        {ROWS.map(([indent, width], at) => (
          <div
            key={at}
            className="flex h-6 items-center"
            style={{ paddingLeft: `${indent * 0.875 + 1.5}rem` }}
          >
            <Skeleton width={`${width}rem`} height="0.75rem" />
          </div>
        ))}
      </div>
    </div>
  );
}
