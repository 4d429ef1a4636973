// Widths and pins of one table, remembered in this browser: taste, never part of a link.
import { useCallback, useMemo } from "react";
import { readLocal, useLocal } from "../local-store";
import { NO_TASTE, type Taste } from "./columns";

export function useTaste(table: string): [Taste, (change: (taste: Taste) => Taste) => void] {
  const key = `table.${table}`;
  const [stored, store] = useLocal<Partial<Taste>>(key, NO_TASTE);
  const text = JSON.stringify(stored);
  const taste = useMemo(() => sound(JSON.parse(text) as Partial<Taste>), [text]);
  const change = useCallback(
    (next: (taste: Taste) => Taste) => store(next(sound(readLocal<Partial<Taste>>(key, NO_TASTE)))),
    [key, store],
  );
  return [taste, change];
}

function sound(found: Partial<Taste>): Taste {
  const widths = Object.entries(found.widths ?? {}).filter(([, width]) => typeof width === "number");
  const pinned = (Array.isArray(found.pinned) ? found.pinned : []).filter((id) => typeof id === "string");
  return { widths: Object.fromEntries(widths), pinned };
}
