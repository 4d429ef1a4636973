// "3 sessions have news": their numbers change with each trace, so the list is read again when the reader wants it.
import type { ReactElement } from "react";
import { Button } from "@/design";
import { formatPlural } from "@/kit/format";
import { useCommands } from "@/kit/registry";

export function NewSessions({ count, onShow }: { count: number; onShow: () => void }): ReactElement | null {
  useCommands([
    count > 0 && { id: "sessions.new", title: "Show news of sessions", shortcut: ".", run: onShow },
  ]);
  return (
    <div role="status">
      {count > 0 && (
        <div className="flex justify-center border-b border-line py-1">
          <Button size="compact" onPress={onShow}>
            {formatPlural(count, "session has news", "sessions have news")}
          </Button>
        </div>
      )}
    </div>
  );
}
