// A number that changes when the colours change: with the theme of the page, or of the system.
import { useSyncExternalStore } from "react";

let version = 0;
const listeners = new Set<() => void>();
let stop: (() => void) | undefined;

function watch(): () => void {
  const changed = () => {
    version += 1;
    for (const listener of listeners) listener();
  };
  const observer = new MutationObserver(changed);
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-theme", "data-density"],
  });
  const queries = ["(prefers-color-scheme: dark)", "(forced-colors: active)", "(prefers-contrast: more)"];
  const media = typeof matchMedia === "function" ? queries.map((query) => matchMedia(query)) : [];
  for (const query of media) query.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    for (const query of media) query.removeEventListener("change", changed);
  };
}

function subscribe(listener: () => void): () => void {
  stop ??= watch();
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    stop?.();
    stop = undefined;
  };
}

export function useThemeVersion(): number {
  return useSyncExternalStore(subscribe, () => version);
}
