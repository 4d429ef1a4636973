// Whether the page is being printed: then all of it is drawn and unfolded, not only what is in sight.
import { useSyncExternalStore } from "react";
import { flushSync } from "react-dom";

let isPrinting = false;
const listeners = new Set<() => void>();

let theme: string | null = null;

function turn(on: boolean): void {
  isPrinting = on;
  // Paper is light.
  const root = document.documentElement;
  if (on) theme = root.getAttribute("data-theme");
  const next = on ? "light" : theme;
  if (next !== null) root.setAttribute("data-theme", next);
  // The browser takes its picture as soon as the event handlers are done.
  flushSync(() => {
    for (const listener of listeners) listener();
  });
}

if (typeof addEventListener === "function") {
  addEventListener("beforeprint", () => turn(true));
  addEventListener("afterprint", () => turn(false));
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useIsPrinting(): boolean {
  return useSyncExternalStore(
    subscribe,
    () => isPrinting,
    () => false,
  );
}
