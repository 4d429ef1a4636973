// The frame of the pages before sign-in: one quiet card, and a form that says what went wrong where.
import { type FormEvent, type ReactElement, type ReactNode, useEffect, useRef, useState } from "react";
import { type ApiError, config } from "@/api";
import { Button } from "@/design";
import { useDocumentTitle } from "@/kit/page";
import { WORDS } from "@/kit/words";

export function Frame({
  title,
  note,
  children,
}: {
  title: string;
  note?: ReactNode;
  children: ReactNode;
}): ReactElement {
  useDocumentTitle(title);
  return (
    <main className="flex min-h-full flex-1 flex-col items-center bg-s1 px-4 py-12 max-md:py-6">
      <div className="flex w-full max-w-100 flex-col gap-4">
        <p className="flex items-center gap-2 font-semibold text-2">
          <Mark />
          {WORDS.product}
        </p>
        <div className="flex flex-col gap-4 rounded-card border border-line bg-bg p-6">
          <div className="flex flex-col gap-1">
            <h1 className="text-title font-semibold">{title}</h1>
            {note && <p className="text-2">{note}</p>}
          </div>
          {children}
        </div>
        {config.version && <p className="px-6 text-table text-3">Version {config.version}</p>}
      </div>
    </main>
  );
}

/** A lens over three bars. */
function Mark(): ReactElement {
  return (
    <svg
      viewBox="0 0 24 24"
      width="24"
      height="24"
      fill="none"
      stroke="currentColor"
      strokeWidth="2"
      aria-hidden
    >
      <g className="text-accent">
        <circle cx="10.5" cy="10.5" r="7.5" />
        <path d="m16 16 5 5" strokeLinecap="round" />
        <path d="M7 12.5v-2M10.5 13V7.5M14 12v-3" strokeLinecap="round" />
      </g>
    </svg>
  );
}

export interface AuthFormProps {
  label: string;
  submit: string;
  /** Messages by field, before anything is sent. */
  validate?: () => Record<string, string>;
  onSubmit: () => Promise<void>;
  children: (errors: Record<string, string>) => ReactNode;
}

const FIELDS = new Set(["email", "name", "password"]);

/** Answers in place: an error at its field, or above the button; the focus goes to the first field in error. */
export function AuthForm({ label, submit, validate, onSubmit, children }: AuthFormProps): ReactElement {
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<string>();
  const [isSending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (Object.keys(errors).length > 0)
      form.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [errors]);

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (isSending) return;
    const found = validate?.() ?? {};
    setErrors(found);
    setProblem(undefined);
    if (Object.keys(found).length > 0) return;
    setSending(true);
    try {
      await onSubmit();
    } catch (thrown) {
      const error = thrown as ApiError;
      setErrors(error.fields ?? {});
      if (!Object.keys(error.fields ?? {}).some((name) => FIELDS.has(name))) setProblem(error.message);
    } finally {
      setSending(false);
    }
  }
  return (
    <form
      ref={form}
      onSubmit={(event) => void send(event)}
      noValidate
      aria-label={label}
      className="flex flex-col gap-4"
    >
      {children(errors)}
      {problem && (
        <p role="alert" className="text-danger">
          {problem}
        </p>
      )}
      <Button type="submit" variant="primary" isPending={isSending} className="w-full">
        {submit}
      </Button>
    </form>
  );
}

/** What is missing or wrong in the fields that the pages share. */
export function checkPerson(fields: {
  email?: string;
  name?: string;
  password?: string;
}): Record<string, string> {
  const { email, name, password } = fields;
  const found: Record<string, string> = {};
  if (email !== undefined && !/^\S+@\S+$/.test(email.trim())) found.email = "Enter an e-mail address";
  if (name !== undefined && name.trim() === "") found.name = "Enter your name";
  if (password !== undefined && password.length < 8)
    found.password = password === "" ? "Enter a password" : "This is too short";
  return found;
}
