// Says that a field holds what was typed another time, and takes it away on a press.
import type { ReactElement } from "react";

import { Button } from "@/design";
import { formatRelative } from "@/kit/format";

import type { DraftText } from "./use-draft";

export function DraftNotice({ draft }: { draft: DraftText }): ReactElement | null {
  const { restored, clear } = draft;
  return (
    <div role="status">
      {restored && (
        <p className="flex items-center gap-2 text-table text-2">
          <span>Your draft from {formatRelative(new Date(restored.at).toISOString())} is back.</span>
          <Button variant="quiet" size="compact" onPress={clear}>
            Discard
          </Button>
        </p>
      )}
    </div>
  );
}
