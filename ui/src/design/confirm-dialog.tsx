// Asks before something cannot be undone; large things ask for the name to be typed.
import { type ReactElement, type ReactNode, useState } from "react";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { type ErrorLike, errorText } from "./states";
import { TextField } from "./text-field";

export interface ConfirmDialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** Waited for; a thrown error is shown and the dialog stays. */
  onConfirm: () => void | Promise<unknown>;
  confirmLabel: string;
  tone?: "danger" | "primary";
  /** The exact text that must be typed before the button works. */
  typed?: string;
  children?: ReactNode;
}

/** Each opening begins anew. */
export function ConfirmDialog(props: ConfirmDialogProps): ReactElement | null {
  return props.isOpen ? <Question {...props} /> : null;
}

function Question(props: ConfirmDialogProps): ReactElement {
  const { title, onClose, onConfirm, confirmLabel, tone = "danger", typed, children } = props;
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const ready = !typed || text.trim() === typed.trim();
  async function confirm(): Promise<void> {
    if (!ready || busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await onConfirm();
      onClose();
    } catch (error) {
      setProblem(errorText(error as ErrorLike));
    } finally {
      setBusy(false);
    }
  }
  return (
    <Dialog
      title={title}
      isOpen
      onClose={onClose}
      size="small"
      role="alertdialog"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant={tone} isDisabled={!ready} isPending={busy} onPress={() => void confirm()}>
            {confirmLabel}
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3 text-2">
        {children}
        {typed && (
          <form onSubmit={(event) => (event.preventDefault(), void confirm())}>
            <TextField
              label={`Type “${typed}” to confirm`}
              value={text}
              onChange={setText}
              autoFocus
              autoComplete="off"
            />
          </form>
        )}
        {problem && (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        )}
      </div>
    </Dialog>
  );
}
