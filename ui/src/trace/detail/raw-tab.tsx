// The exact record, to read, copy and download.
import { Download } from "lucide-react";
import { type ReactElement, useMemo } from "react";

import { Button, CopyButton } from "@/design";
import { JsonView } from "@/kit/json-view";

import { downloadText } from "../download";
import type { Span, TraceHead } from "../types";

export function RawTab({
  record,
  spanId,
}: {
  record: Span | TraceHead;
  spanId: string | null;
}): ReactElement {
  const text = useMemo(() => JSON.stringify(record, null, 2), [record]);
  const name = `${spanId === null ? "trace" : "span"}-${record.id}`;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <div className="flex items-center gap-2 px-3 py-2">
        <CopyButton text={text} labelled label="Copy" />
        <Button size="compact" icon={Download} onPress={() => downloadText(name, text)}>
          Download
        </Button>
        {(record.input.truncated || record.output.truncated) && (
          <span className="text-table text-3">
            Long texts are cut here; “Load all” under Messages has the whole.
          </span>
        )}
      </div>
      <div className="min-h-0 flex-1">
        <JsonView text={text} label="Record" />
      </div>
    </div>
  );
}
