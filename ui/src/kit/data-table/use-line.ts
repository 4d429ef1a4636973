// The height of a row in pixels, which the virtualiser needs; follows the density without asking at each scroll.
import { useSyncExternalStore } from "react";

function pixels(length: string): number {
  const root = getComputedStyle(document.documentElement);
  const size = length.startsWith("var") ? root.getPropertyValue("--row") : length;
  return (Number.parseFloat(size) || 2.25) * (Number.parseFloat(root.fontSize) || 16);
}

const known = new Map<string, number>();

function subscribe(listener: () => void): () => void {
  const observer = new MutationObserver(() => {
    known.clear();
    listener();
  });
  observer.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-density", "style"],
  });
  return () => observer.disconnect();
}

export function useLine(length: string): number {
  return useSyncExternalStore(subscribe, () => {
    const found = known.get(length) ?? pixels(length);
    known.set(length, found);
    return found;
  });
}
