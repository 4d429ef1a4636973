// A model definition: shown, or edited with a preview of what it would match and change in the last 30 days.
import { useMutation } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type ReactElement, useId, useState } from "react";
import type { ApiError } from "@/api";
import { Button, Dialog, IconButton, NumberField, Select, TextArea, TextField } from "@/design";
import { useDiscard } from "@/kit/settings";
import { checkModel, type Draft, errorsOf, type PriceRow, toModel, UNITS } from "./draft";
import { previewModel, saveModel, type Unit } from "./queries";
import { SumsTable, SumsText } from "./sums";

export interface ModelDialogProps {
  project: string;
  title: string;
  /** What the form begins with. */
  start: Draft;
  /** Set where an own definition is changed; without it a new one is made. */
  id?: string;
  note?: string;
  onClose: () => void;
  onSaved: () => Promise<unknown>;
}

export function ModelDialog({
  project,
  title,
  start,
  id,
  note,
  onClose,
  onSaved,
}: ModelDialogProps): ReactElement {
  const [draft, setDraft] = useState(start);
  const [errors, setErrors] = useState<Partial<Record<string, string>>>({});
  const isDirty = JSON.stringify(draft) !== JSON.stringify(start);
  const { close, question } = useDiscard(title, isDirty, onClose);
  const form = useId();
  const tell = (error: ApiError): void => setErrors(errorsOf(error.fields));
  const preview = useMutation({
    mutationFn: () => previewModel(project, toModel(draft)),
    onError: tell,
  });
  const save = useMutation({
    mutationFn: () => saveModel(project, id, toModel(draft)),
    onSuccess: async () => {
      await onSaved();
      onClose();
    },
    onError: tell,
  });
  const set = (change: Partial<Draft>): void => {
    setDraft({ ...draft, ...change });
    setErrors({});
  };
  function checked(run: () => void): void {
    const found = checkModel(draft);
    setErrors(found);
    if (Object.keys(found).length === 0) run();
  }
  return (
    <Dialog
      title={title}
      size="large"
      isOpen
      onClose={close}
      actions={
        <>
          <Button onPress={close}>Cancel</Button>
          <Button isPending={preview.isPending} onPress={() => checked(() => preview.mutate())}>
            Preview
          </Button>
          <Button variant="primary" type="submit" form={form} isPending={save.isPending}>
            Save
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        aria-label={title}
        onSubmit={(event) => (event.preventDefault(), checked(() => save.mutate()))}
        className="flex flex-col gap-4"
      >
        {note && <p className="text-2">{note}</p>}
        <div className="grid gap-4 md:grid-cols-2">
          <TextField
            label="Name"
            value={draft.modelName}
            onChange={(modelName) => set({ modelName })}
            error={errors.modelName}
          />
          <TextField
            label="Match pattern"
            description="A regular expression (RE2) over the model's name in a call."
            mono
            value={draft.matchPattern}
            onChange={(matchPattern) => set({ matchPattern })}
            error={errors.matchPattern}
          />
          <Select
            label="Unit"
            value={draft.unit}
            onChange={(unit: Unit) => set({ unit })}
            options={UNITS.map((unit) => ({ id: unit, label: unit.toLowerCase() }))}
          />
          <Select
            label="Tokenizer"
            description="Estimates tokens of calls that report none."
            value={draft.tokenizerId || "none"}
            onChange={(tokenizer: string) => set({ tokenizerId: tokenizer === "none" ? "" : tokenizer })}
            options={[
              { id: "none", label: "None" },
              { id: "openai", label: "OpenAI" },
              { id: "claude", label: "Claude" },
            ]}
          />
          <TextField
            label="From date"
            description="Older calls keep the definition before. Empty: always."
            type="date"
            value={draft.startDate}
            onChange={(startDate) => set({ startDate })}
            error={errors.startDate}
          />
        </div>
        <Prices
          rows={draft.prices}
          unit={draft.unit}
          error={errors.prices}
          onChange={(prices) => set({ prices })}
        />
        <TextArea
          label="Tiers with conditions"
          description="A list of {name, isDefault: false, priority, conditions, prices}; prices per unit. The first tier whose conditions hold counts, otherwise the prices above."
          mono
          rows={draft.tiers ? 10 : 2}
          value={draft.tiers}
          onChange={(tiers) => set({ tiers })}
          error={errors.tiers}
        />
        {preview.data && (
          <section aria-label="Preview" className="flex flex-col gap-2 rounded-card border border-line p-3">
            <SumsText sums={preview.data} />
            <SumsTable rows={preview.data.byModel} />
            {preview.data.shadowed.length > 0 && (
              <p className="text-2">
                An older definition of yours matches too and is replaced for{" "}
                {preview.data.shadowed.map(({ model }) => model).join(", ")}.
              </p>
            )}
          </section>
        )}
        {Object.keys(errors).length === 0 && (
          <Problem error={(preview.error ?? save.error) as ApiError | null} />
        )}
      </form>
      {question}
    </Dialog>
  );
}

function Problem({ error }: { error: ApiError | null }): ReactElement | null {
  if (!error) return null;
  return (
    <p role="alert" className="text-danger">
      {error.message}
    </p>
  );
}

function Prices({
  rows,
  unit,
  error,
  onChange,
}: {
  rows: readonly PriceRow[];
  unit: Unit;
  error?: string;
  onChange: (rows: PriceRow[]) => void;
}): ReactElement {
  const change = (place: number, to: Partial<PriceRow>): void =>
    onChange(rows.map((row, n) => (n === place ? { ...row, ...to } : row)));
  return (
    <fieldset className="flex flex-col gap-2">
      <legend className="mb-1 text-table font-medium">Prices in USD per million {unit.toLowerCase()}</legend>
      {rows.map(({ key, perMillion }, place) => (
        // Rows have no identity beyond their place.
        // oxlint-disable-next-line react/no-array-index-key
        <div key={place} className="flex items-end gap-2">
          <TextField
            label={`Usage key ${place + 1}`}
            hideLabel
            placeholder="input_cached_tokens"
            mono
            value={key}
            onChange={(text) => change(place, { key: text })}
            className="flex-1"
          />
          <NumberField
            label={`Price of ${key || "the key"} per million`}
            hideLabel
            minValue={0}
            formatOptions={{ maximumFractionDigits: 9 }}
            value={perMillion}
            onChange={(price) => change(place, { perMillion: price })}
          />
          <IconButton
            label={`Remove ${key || "this price"}`}
            icon={X}
            onPress={() => onChange(rows.filter((_, n) => n !== place))}
          />
        </div>
      ))}
      {error && (
        <p role="alert" className="text-table text-danger">
          {error}
        </p>
      )}
      <div>
        <Button size="compact" icon={Plus} onPress={() => onChange([...rows, { key: "", perMillion: null }])}>
          Add a price
        </Button>
      </div>
    </fieldset>
  );
}
