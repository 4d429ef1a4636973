// The question itself.
import type { ReactElement } from "react";
import { Button, Dialog } from "@/design";

interface UnsavedDialogProps {
  forms: string[];
  onLeave: () => void;
  onStay: () => void;
}

export default function UnsavedDialog({ forms, onLeave, onStay }: UnsavedDialogProps): ReactElement {
  return (
    <Dialog
      title="Leave without saving?"
      isOpen
      size="small"
      role="alertdialog"
      onClose={onStay}
      actions={
        <>
          <Button variant="danger" onPress={onLeave}>
            Leave
          </Button>
          <Button variant="primary" onPress={onStay}>
            Stay
          </Button>
        </>
      }
    >
      <p className="text-2">Changes in {forms.join(", ")} are not saved.</p>
    </Dialog>
  );
}
