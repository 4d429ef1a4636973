// The last card of a page: deletes the thing itself, after its name was typed.
import { useNavigate } from "@tanstack/react-router";
import { type ReactElement, type ReactNode, useState } from "react";
import { useRefreshBoot } from "@/api";
import { Button, Card, ConfirmDialog, toast } from "@/design";

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
  const navigate = useNavigate();
  const refreshBoot = useRefreshBoot();
  async function remove(): Promise<void> {
    await onDelete();
    // First away: the page of something that is not there any more must not be drawn again.
    await navigate({ to: "/", search: { all: "1" } as never, replace: true });
    await refreshBoot();
    toast({ title: `${name} is being deleted`, tone: "ok" });
  }
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
        onConfirm={remove}
      >
        {children}
      </ConfirmDialog>
    </Card>
  );
}
