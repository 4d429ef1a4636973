// The instant under the crosshair, shared by all charts of a page that have the same key.
import { useCallback, useSyncExternalStore } from "react";

/** `by`: the chart that is pointed at; only that one shows its values. */
export type Crosshair = { at: number; by: string };

const held = new Map<string, Crosshair>();
const listeners = new Set<() => void>();

function set(key: string, next: Crosshair | null): void {
  const old = held.get(key);
  if (old?.at === next?.at && old?.by === next?.by) return;
  if (next) held.set(key, next);
  else held.delete(key);
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function useCrosshair(key: string): [Crosshair | null, (next: Crosshair | null) => void] {
  const crosshair = useSyncExternalStore(subscribe, () => held.get(key) ?? null);
  return [crosshair, useCallback((next: Crosshair | null) => set(key, next), [key])];
}
