// The cell that the keyboard stands on, by id, so that it stays on its row when rows arrive above.
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import type { ListAction } from "./keys";

export type Cursor = { id: string; column: string };

export type CursorCalls = {
  cursor: Cursor | null;
  index: number;
  set: (cursor: Cursor | null) => void;
  /** Moves; gives back the index of the row arrived at, or null when the key moves nothing. */
  move: (action: ListAction, page: number) => number | null;
};

export function useCursor(order: readonly string[], columns: readonly string[]): CursorCalls {
  const [cursor, set] = useState<Cursor | null>(null);
  const places = useMemo(() => new Map(order.map((id, index) => [id, index])), [order]);
  const index = cursor ? (places.get(cursor.id) ?? -1) : -1;
  const latest = useRef({ order, columns, cursor, index });
  useLayoutEffect(() => {
    latest.current = { order, columns, cursor, index };
  });

  const move = useCallback((action: ListAction, page: number): number | null => {
    const now = latest.current;
    const column =
      now.cursor && now.columns.includes(now.cursor.column) ? now.cursor.column : now.columns[0]!;
    const sideways = action === "left" ? -1 : action === "right" ? 1 : 0;
    const target =
      sideways === 0 ? targetRow(action, now.index, now.order.length, page) : Math.max(0, now.index);
    const id = target === null ? undefined : now.order[target];
    if (target === null || id === undefined) return null;
    const place = Math.min(now.columns.length - 1, Math.max(0, now.columns.indexOf(column) + sideways));
    set({ id, column: now.columns[place]! });
    return target;
  }, []);
  return { cursor, index, set, move };
}

function targetRow(action: ListAction, index: number, count: number, page: number): number | null {
  const clamp = (at: number) => Math.max(0, Math.min(count - 1, at));
  switch (action) {
    case "down":
      return clamp(index + 1);
    case "up":
      return clamp(index < 0 ? 0 : index - 1);
    case "first":
      return 0;
    case "last":
      return count - 1;
    case "pageDown":
      return clamp(Math.max(0, index) + page);
    case "pageUp":
      return clamp(Math.max(0, index) - page);
    default:
      return null;
  }
}
