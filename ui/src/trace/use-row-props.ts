// What a row of tree or timeline says to assistive technology, and how it answers to the pointer.
import clsx from "clsx";
import type { HTMLAttributes } from "react";

import { usePrefetch } from "./prefetch";
import { useViewer } from "./viewer-state";

export function useRowProps(row: number, id: string): HTMLAttributes<HTMLDivElement> & { className: string } {
  const { model, rows, activeRow, selectRow, toggleRow, view } = useViewer();
  const prefetch = usePrefetch();
  const node = rows.node[row]!;
  const span = model.rows[node]!;
  const selected = row === activeRow;
  const outside = model.maxEnd[node]! < view.from || model.minStart[node]! > view.to;
  return {
    id,
    role: "treeitem",
    "aria-level": rows.depth[row]! + 1,
    "aria-setsize": rows.siblings[row]!,
    "aria-posinset": rows.position[row]!,
    "aria-expanded": rows.state[row] ? rows.state[row] === 1 : undefined,
    "aria-selected": selected,
    onClick: () => selectRow(row),
    onDoubleClick: () => toggleRow(row),
    onPointerEnter: () => prefetch.hover(span.id),
    onPointerLeave: () => prefetch.leave(),
    className: clsx(
      "flex h-full w-full items-center gap-2 pl-1 select-none",
      selected
        ? "bg-sel group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-focus"
        : "hover:bg-s2",
      outside && "text-3",
    ),
  };
}
