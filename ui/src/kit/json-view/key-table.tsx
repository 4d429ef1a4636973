// The same JSON as a table of paths and values.
import { useVirtualizer } from "@tanstack/react-virtual";
import clsx from "clsx";
import { useMemo, useRef, type ReactElement } from "react";
import type { JsonDocument } from "./document";
import { flatten, MAX_LINES, type Line } from "./flat";
import { CUT, mediaIn } from "./row";
import { readString } from "./text";

const ROW_PX = 24;

export function KeyTable({
  document,
  label,
  className,
}: {
  document: JsonDocument;
  label: string;
  className?: string;
}): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const { lines, isCut } = useMemo(() => flatten(document), [document]);
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    initialRect: { width: 600, height: 600 },
  });
  return (
    <div
      ref={box}
      role="table"
      aria-label={label}
      aria-rowcount={lines.length}
      tabIndex={0}
      className={clsx("focus-inset overflow-auto", className)}
    >
      <div role="rowgroup" className="relative" style={{ height: virtualizer.getTotalSize() }}>
        {virtualizer.getVirtualItems().map((item) => (
          <div
            key={item.key}
            role="row"
            aria-rowindex={item.index + 1}
            className="absolute inset-x-0 top-0 flex h-6 items-center gap-2 border-b border-line px-2 font-mono text-code hover:bg-s2"
            style={{ transform: `translateY(${item.start}px)` }}
          >
            <KeyRow line={lines[item.index] as Line} />
          </div>
        ))}
      </div>
      {isCut && (
        <p className="px-2 py-1 text-table text-3">
          Only the first {MAX_LINES.toLocaleString("en-US")} values are listed. The tree has all.
        </p>
      )}
    </div>
  );
}

function KeyRow({ line: { path, row } }: { line: Line }): ReactElement {
  const text =
    row.kind === "string"
      ? readString(row.document.text, row, CUT).text
      : row.document.text.slice(row.start, Math.min(row.end, row.start + CUT));
  return (
    <>
      <span role="rowheader" className="w-2/5 shrink-0 truncate text-2" title={path}>
        {path}
      </span>
      <span role="cell" className="min-w-0 flex-1 truncate" dir="auto" title={text}>
        {(row.kind === "string" && mediaIn(text)) || text}
      </span>
    </>
  );
}
