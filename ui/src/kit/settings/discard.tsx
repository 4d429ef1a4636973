// A dialog with a form: Escape or a click beside it must not take away what was typed.
import { type ReactElement, useEffect, useState } from "react";
import { ConfirmDialog, markUnsaved } from "@/design";

export interface Discard {
  /** Instead of `onClose`: asks first while something is not saved. */
  close: () => void;
  /** The question; to be put beside the dialog. */
  question: ReactElement;
}

export function useDiscard(title: string, isDirty: boolean, onClose: () => void): Discard {
  const [isAsking, setAsking] = useState(false);
  useEffect(() => (isDirty ? markUnsaved(title) : undefined), [isDirty, title]);
  return {
    close: () => (isDirty ? setAsking(true) : onClose()),
    question: (
      <ConfirmDialog
        title="Discard what you typed?"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirmLabel="Discard"
        onConfirm={onClose}
      >
        “{title}” was not saved.
      </ConfirmDialog>
    ),
  };
}
