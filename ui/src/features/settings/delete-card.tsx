// The last card of a page: deletes the thing itself, after its name was typed.
import { type ReactElement, type ReactNode, useState } from "react";
import { Button, Card, ConfirmDialog } from "@/design";

export function DeleteCard({
  noun,
  name,
  children,
  onDelete,
}: {
  /** "project" or "organization". */
  noun: string;
  name: string;
  children: ReactNode;
  onDelete: () => Promise<unknown>;
}): ReactElement {
  const [isAsking, setAsking] = useState(false);
  return (
    <Card title={`Delete this ${noun}`} note={children}>
      <Button variant="danger" onPress={() => setAsking(true)}>
        Delete {noun}
      </Button>
      <ConfirmDialog
        title={`Delete ${name}?`}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirmLabel={`Delete ${noun}`}
        typed={name}
        onConfirm={onDelete}
      >
        {children}
      </ConfirmDialog>
    </Card>
  );
}
