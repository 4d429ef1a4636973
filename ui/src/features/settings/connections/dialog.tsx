// Adds a connection, or replaces one. Secrets go to the server and never come back, so a change needs them again.
import { useMutation } from "@tanstack/react-query";
import { type ReactElement, useId, useState } from "react";
import type { ApiError } from "@/api";
import { Button, Dialog, Select, TextField } from "@/design";
import { useDiscard } from "@/kit/settings";
import { type Adapter, ADAPTERS, checkConnection, type Draft, type Errors, errorsOf, toBody } from "./draft";
import { Credentials, More } from "./fields";
import { putConnection } from "./queries";

export interface ConnectionDialogProps {
  project: string;
  start: Draft;
  /** Replaces the one of this name. */
  isStored: boolean;
  /** Names that others have. */
  taken: readonly string[];
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}

const ADAPTER_OPTIONS = (Object.keys(ADAPTERS) as Adapter[]).map((id) => ({ id, label: ADAPTERS[id].label }));

export function ConnectionDialog({
  project,
  start,
  isStored,
  taken,
  onClose,
  onSaved,
}: ConnectionDialogProps): ReactElement {
  const [draft, setDraft] = useState(start);
  const [errors, setErrors] = useState<Errors>({});
  const form = useId();
  const title = isStored ? `Replace ${start.provider}` : "New connection";
  const isDirty = JSON.stringify(draft) !== JSON.stringify(start);
  const { close, question } = useDiscard(title, isDirty, onClose);
  const save = useMutation({
    mutationFn: () => putConnection(project, toBody(draft)),
    onSuccess: async () => {
      await onSaved();
      onClose();
    },
    onError: (error: ApiError) => setErrors(errorsOf(error.message)),
  });
  const set = (change: Partial<Draft>): void => {
    setDraft({ ...draft, ...change });
    setErrors({});
  };
  function send(): void {
    const found = checkConnection(draft, taken);
    setErrors(found);
    if (Object.keys(found).length === 0) save.mutate();
  }
  return (
    <Dialog
      title={title}
      isOpen
      onClose={close}
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button variant="primary" type="submit" form={form} isPending={save.isPending}>
            {isStored ? "Replace" : "Add connection"}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        aria-label={title}
        onSubmit={(event) => (event.preventDefault(), send())}
        className="flex flex-col gap-4"
      >
        {isStored && (
          <p className="text-2">
            The server gives no secret back: enter it again, and the values of headers.
          </p>
        )}
        <div className="grid gap-4 md:grid-cols-2">
          <TextField
            label="Name"
            description="What prompts and evaluators call it."
            autoFocus={!isStored}
            isReadOnly={isStored}
            value={draft.provider}
            onChange={(provider) => set({ provider })}
            error={errors.provider}
          />
          <Select
            label="Protocol"
            value={draft.adapter}
            onChange={(adapter) => set({ adapter })}
            options={ADAPTER_OPTIONS}
          />
        </div>
        <Credentials draft={draft} errors={errors} set={set} />
        <More draft={draft} errors={errors} set={set} />
        {save.error && Object.keys(errors).length === 0 && (
          <p role="alert" className="text-danger">
            {save.error.message}
          </p>
        )}
      </form>
      {question}
    </Dialog>
  );
}
