// What the reader must know about what is (not) shown.
import { TriangleAlert } from "lucide-react";
import type { ReactElement } from "react";

import { Button } from "@/design";
import { formatCount } from "@/kit/format";

import type { TraceHead } from "./types";
import { useViewer } from "./viewer-state";

export function Notices({ head }: { head: TraceHead | undefined }): ReactElement | null {
  const { model, url, select, branches } = useViewer();
  const notes: { key: string; text: string; action?: ReactElement }[] = [];
  if (model.truncated) {
    notes.push({
      key: "truncated",
      text:
        `Showing ${formatCount(model.spans)} of ${formatCount(model.total)} spans: the upper levels, and what you ` +
        "open. Sums of a span are over what is shown.",
    });
  }
  if (url.observation !== "" && !model.indexOf.has(url.observation) && !branches.isLooking) {
    notes.push({
      key: "unknown",
      text: head?.running ? "The linked span has not arrived yet." : "The linked span is not in this trace.",
      action: (
        <Button size="compact" variant="quiet" onPress={() => select(-1)}>
          Show the trace
        </Button>
      ),
    });
  }
  if (notes.length === 0) return null;
  return (
    <div role="status" className="shrink-0 border-b border-line bg-tint-warn">
      {notes.map(({ key, text, action }) => (
        <p key={key} className="flex items-center gap-2 px-3 py-1 text-warn">
          <TriangleAlert size={14} aria-hidden className="shrink-0" />
          <span className="flex-1">{text}</span>
          {action}
        </p>
      ))}
    </div>
  );
}
