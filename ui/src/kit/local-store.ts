// Taste that stays in this browser: widths, folded groups, the last project. Never state of what is looked at.
import { useCallback, useSyncExternalStore } from "react";

const PREFIX = "spyglass.";
const listeners = new Map<string, Set<() => void>>();
// Also the store itself where the browser refuses localStorage (private windows, blocked cookies).
const memory = new Map<string, string>();

function readText(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key) ?? memory.get(key) ?? null;
  } catch {
    return memory.get(key) ?? null;
  }
}

/** What was stored, or the fallback when there is nothing or something of another shape. */
export function readLocal<T>(key: string, fallback: T): T {
  return decode(readText(key), fallback);
}

function decode<T>(text: string | null, fallback: T): T {
  if (text === null) return fallback;
  try {
    const value: unknown = JSON.parse(text);
    const fits =
      Array.isArray(fallback) === Array.isArray(value) &&
      (fallback === null || typeof value === typeof fallback);
    return fits ? (value as T) : fallback;
  } catch {
    return fallback;
  }
}

export function writeLocal<T>(key: string, value: T): void {
  const text = JSON.stringify(value);
  memory.set(key, text);
  try {
    localStorage.setItem(PREFIX + key, text);
  } catch {
    // Full or forbidden: it lives until the page is closed.
  }
  for (const listener of listeners.get(key) ?? []) listener();
}

function subscribe(key: string, listener: () => void): () => void {
  const own = listeners.get(key) ?? new Set();
  listeners.set(key, own);
  own.add(listener);
  const other = (event: StorageEvent): void => {
    if (event.key === PREFIX + key) listener();
  };
  window.addEventListener("storage", other);
  return () => {
    own.delete(listener);
    window.removeEventListener("storage", other);
  };
}

/** Like useState, remembered in this browser and shared by its tabs. */
export function useLocal<T>(key: string, fallback: T): [T, (value: T) => void] {
  const text = useSyncExternalStore(
    useCallback((listener: () => void) => subscribe(key, listener), [key]),
    () => readText(key),
    () => null,
  );
  const set = useCallback((value: T) => writeLocal(key, value), [key]);
  return [decode(text, fallback), set];
}
