// Toasts: at most three, announced politely; errors stay until dismissed.
import clsx from "clsx";
import { CircleAlert, CircleCheck, Info, X } from "lucide-react";
import { type ReactElement, useEffect, useSyncExternalStore } from "react";
import { Button, IconButton } from "./button";

export interface ToastMessage {
  title: string;
  description?: string;
  tone?: "info" | "ok" | "danger";
  /** Stays until it is dismissed, as errors do. */
  isSticky?: boolean;
  /** For example Undo. */
  action?: { label: string; run: () => void };
}

interface Shown extends ToastMessage {
  id: number;
}

let shown: readonly Shown[] = [];
let nextId = 1;
const listeners = new Set<() => void>();

function change(next: readonly Shown[]): void {
  shown = next;
  for (const listener of listeners) listener();
}

/** Shows a message; gives back a function that takes it away. */
export function toast(message: ToastMessage | string): () => void {
  const entry: Shown = { ...(typeof message === "string" ? { title: message } : message), id: nextId++ };
  const same = shown.filter(
    (other) => other.title !== entry.title || other.description !== entry.description,
  );
  change([...same, entry].slice(-3));
  return () => dismiss(entry.id);
}

function dismiss(id: number): void {
  change(shown.filter((entry) => entry.id !== id));
}

const ICON = { info: Info, ok: CircleCheck, danger: CircleAlert };
const INK = { info: "text-info", ok: "text-ok", danger: "text-danger" };

function Toast({ entry }: { entry: Shown }): ReactElement {
  const tone = entry.tone ?? "info";
  const Icon = ICON[tone];
  useEffect(() => {
    if (tone === "danger" || entry.isSticky) return;
    const timer = setTimeout(() => dismiss(entry.id), entry.action ? 8000 : 4000);
    return () => clearTimeout(timer);
  }, [entry, tone]);
  return (
    <div className="pointer-events-auto flex items-start gap-2 rounded-card border border-line bg-bg py-1.5 pr-1.5 pl-3 shadow-float">
      <Icon size={16} aria-hidden className={clsx("mt-1 shrink-0", INK[tone])} />
      <div className="min-w-0 flex-1 py-0.5">
        <p className="font-medium">{entry.title}</p>
        {entry.description && <p className="text-table text-2">{entry.description}</p>}
      </div>
      {entry.action && (
        <Button
          size="compact"
          onPress={() => {
            entry.action?.run();
            dismiss(entry.id);
          }}
        >
          {entry.action.label}
        </Button>
      )}
      <IconButton label="Dismiss" icon={X} size="compact" plain onPress={() => dismiss(entry.id)} />
    </div>
  );
}

export function ToastRegion(): ReactElement {
  const entries = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
    () => shown,
  );
  return (
    <div
      role="status"
      aria-live="polite"
      aria-label="Messages"
      data-chrome
      className="pointer-events-none fixed right-4 bottom-4 z-50 flex w-90 max-w-[calc(100%-2rem)] flex-col gap-2"
    >
      {entries.map((entry) => (
        <Toast key={entry.id} entry={entry} />
      ))}
    </div>
  );
}
