// The first row: the trace itself, with its own input and output.
import clsx from "clsx";
import type { ReactElement } from "react";
import { Button as AriaButton } from "react-aria-components";

import { TypeIcon } from "@/design";
import { formatCost, formatDuration } from "@/kit/format";

import type { TraceHead } from "./types";
import { useViewer } from "./viewer-state";

export function TraceRow({ head }: { head: TraceHead | undefined }): ReactElement {
  const { selected, url, select, taste } = useViewer();
  const isOn = selected < 0 && url.observation === "";
  return (
    <AriaButton
      aria-pressed={isOn}
      onPress={() => select(-1)}
      className={clsx(
        "focus-inset flex h-8 w-full shrink-0 items-center gap-1.5 border-b border-line pr-2 pl-2 text-left",
        isOn ? "bg-sel" : "data-hovered:bg-s2",
      )}
    >
      <TypeIcon type="TRACE" />
      <span className="min-w-0 flex-1 truncate font-medium">{head?.name || "Trace"}</span>
      {head && taste.cost && head.cost !== null && (
        <span className="tabular min-w-17 shrink-0 px-1 text-right text-table text-3">
          {formatCost(head.cost)}
        </span>
      )}
      {head && taste.duration && (
        <span className="tabular w-16 shrink-0 px-1 text-right text-table text-2">
          {formatDuration(head.latency)}
        </span>
      )}
    </AriaButton>
  );
}
