// The row for children that are not here yet: a press reads them, as does walking onto it.
import clsx from "clsx";
import { LoaderCircle, Plus } from "lucide-react";
import type { ReactElement } from "react";

import { formatCount } from "@/kit/format";

import { useViewer } from "./viewer-state";

export function MoreRow({ row, id, cap }: { row: number; id: string; cap: number }): ReactElement {
  const { model, rows, selectRow, branches } = useViewer();
  const depth = rows.depth[row]!;
  const isReading = branches.reading.has(model.rows[rows.node[row]!]!.id);
  const count = formatCount(rows.more[row]!);
  const Icon = isReading ? LoaderCircle : Plus;
  const props = {
    id,
    role: "treeitem",
    "aria-level": depth + 1,
    "aria-setsize": rows.siblings[row]!,
    "aria-posinset": rows.position[row]!,
    "aria-selected": false,
    "aria-busy": isReading,
    onClick: () => selectRow(row),
  };
  return (
    <div {...props} className="flex h-full w-full items-center pl-1 text-accent select-none hover:bg-s2">
      <span
        className="inline-flex items-center gap-1.5 pl-6"
        style={{ marginLeft: `${Math.min(depth, cap) * 0.875}rem` }}
      >
        <Icon size={14} aria-hidden className={clsx(isReading && "animate-spin")} />
        {isReading ? `Loading ${count} more` : `Load ${count} more`}
      </span>
    </div>
  );
}
