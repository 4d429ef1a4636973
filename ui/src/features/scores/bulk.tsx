// Deleting ticked scores, through the public route.
import { Trash2 } from "lucide-react";
import { useState, type ReactElement } from "react";
import { api } from "@/api";
import { Button, ConfirmDialog } from "@/design";
import { formatPlural } from "@/kit/format";

type Props = { project: string; ids: string[]; onDone: () => void };

export function ScoreBulk({ project, ids, onDone }: Props): ReactElement {
  const [isOpen, setIsOpen] = useState(false);
  const scores = formatPlural(ids.length, "score");
  const remove = async (): Promise<void> => {
    for (const id of ids)
      await api.delete("/api/public/scores/{score_id}", { path: { score_id: id }, project });
    setTimeout(onDone, 500);
  };
  return (
    <>
      <Button size="compact" variant="danger" icon={Trash2} onPress={() => setIsOpen(true)}>
        Delete
      </Button>
      <ConfirmDialog
        title={`Delete ${scores}?`}
        confirmLabel="Delete"
        isOpen={isOpen}
        onClose={() => setIsOpen(false)}
        onConfirm={remove}
      >
        This cannot be undone.
      </ConfirmDialog>
    </>
  );
}
