// A form in a card: one Save, a mark when it differs from what is stored, server errors at their fields.
import { type FormEvent, type ReactElement, type ReactNode, useEffect, useState } from "react";
import { Badge } from "./badge";
import { Button } from "./button";
import { Card } from "./card";
import { type ErrorLike, errorText } from "./states";
import { toast } from "./toast";
import { markUnsaved } from "./unsaved";

export interface FormHelpers<V> {
  values: V;
  set: <K extends keyof V>(name: K, value: V[K]) => void;
  /** Messages by field name; the form clears one when its field changes. */
  errors: Partial<Record<keyof V & string, string>>;
  isSaving: boolean;
}

export interface FormCardProps<V extends object> {
  title: string;
  note?: ReactNode;
  /** What is stored. A newer value is taken over only while nothing was changed here. */
  values: V;
  onSave: (values: V) => Promise<unknown>;
  /** Checks before sending; messages by field name. */
  validate?: (values: V) => Partial<Record<keyof V & string, string>>;
  saveLabel?: string;
  savedMessage?: string;
  /** Without the right to change: fields are shown, Save is not. */
  isReadOnly?: boolean;
  children: (form: FormHelpers<V>) => ReactNode;
}

const same = (a: object, b: object): boolean => JSON.stringify(a) === JSON.stringify(b);

export function FormCard<V extends object>(props: FormCardProps<V>): ReactElement {
  const {
    title,
    note,
    values: stored,
    onSave,
    validate,
    saveLabel = "Save",
    savedMessage = "Saved",
    isReadOnly,
    children,
  } = props;
  const [base, setBase] = useState(stored);
  const [draft, setDraft] = useState(stored);
  const [errors, setErrors] = useState<Partial<Record<keyof V & string, string>>>({});
  const [problem, setProblem] = useState<string>();
  const [isSaving, setSaving] = useState(false);
  const isDirty = !same(base, draft);

  // A refetch must never reset what somebody is typing.
  if (!isDirty && !isSaving && !same(stored, base)) {
    setBase(stored);
    setDraft(stored);
  }
  useEffect(() => (isDirty ? markUnsaved(title) : undefined), [isDirty, title]);

  async function save(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isSaving || isReadOnly) return;
    const found = validate?.(draft) ?? {};
    setErrors(found);
    setProblem(undefined);
    if (Object.keys(found).length > 0) return;
    setSaving(true);
    try {
      await onSave(draft);
      setBase(draft);
      toast({ title: savedMessage, tone: "ok" });
    } catch (error) {
      const fields = (error as { fields?: Record<string, string> | null }).fields ?? {};
      setErrors(fields as Partial<Record<keyof V & string, string>>);
      const known = Object.keys(fields).some((name) => name in draft);
      setProblem(known ? undefined : errorText(error as ErrorLike));
    } finally {
      setSaving(false);
    }
  }
  function set<K extends keyof V>(name: K, value: V[K]): void {
    setDraft((before) => ({ ...before, [name]: value }));
    setErrors((before) => ({ ...before, [name]: undefined }));
  }
  return (
    <form onSubmit={(event) => void save(event)} noValidate aria-label={title}>
      <Card title={title} note={note} actions={isDirty && <Badge tone="warn">Not saved</Badge>}>
        <fieldset disabled={isReadOnly} className="flex flex-col gap-4">
          {children({ values: draft, set, errors, isSaving })}
        </fieldset>
        {problem && (
          <p role="alert" className="mt-3 text-danger">
            {problem}
          </p>
        )}
        {!isReadOnly && (
          <div className="mt-4 flex gap-2">
            <Button type="submit" variant="primary" isDisabled={!isDirty} isPending={isSaving}>
              {saveLabel}
            </Button>
            {isDirty && (
              <Button
                variant="quiet"
                isDisabled={isSaving}
                onPress={() => (setDraft(base), setErrors({}), setProblem(undefined))}
              >
                Reset
              </Button>
            )}
          </div>
        )}
      </Card>
    </form>
  );
}
