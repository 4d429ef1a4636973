// Columns of a table and how a reader arranged them. Pure; widths are in 1/16 rem.
import type { ReactNode } from "react";
import type { FieldRef, Value } from "../query-language";

export type Condition = { field: FieldRef; value: Value };

export type Column<R> = {
  /** Name of the field, also in `cols` and `sort` of the address. */
  id: string;
  label: string;
  help?: string;
  width: number;
  /** Takes the space that is left over. */
  grow?: boolean;
  align?: "end";
  sort?: boolean;
  /** Not shown unless the reader asks for it. */
  hidden?: boolean;
  /** Fields that the cell reads; without it the one of its id. */
  needs?: string[];
  /** `tall`: two lines of space. */
  cell: (row: R, tall: boolean) => ReactNode;
  /** For "filter for" and "filter out" of the cell. */
  condition?: (row: R) => Condition | null;
  /** The raw value. */
  copy?: (row: R) => string | null;
};

/** Order and choice come from the address or a view; widths and pins are taste. */
export type Taste = { widths: Record<string, number>; pinned: string[] };
export const NO_TASTE: Taste = { widths: {}, pinned: [] };

export const LEAST = 48;
export const MOST = 960;

export function clampWidth(width: number): number {
  return Math.round(Math.min(MOST, Math.max(LEAST, width)));
}

export function defaultColumns<R>(columns: Column<R>[]): string[] {
  return columns.filter((column) => !column.hidden).map(({ id }) => id);
}

/** The visible columns, pinned ones first; unknown names are skipped and told. */
export function arrange<R>(
  columns: Column<R>[],
  shown: readonly string[],
  pinned: string[],
): { columns: Column<R>[]; pins: number; unknown: string[] } {
  const byId = new Map(columns.map((column) => [column.id, column]));
  const unknown = shown.filter((id) => !byId.has(id));
  const known = [...new Set(shown)].flatMap((id) => byId.get(id) ?? []);
  const visible = known.length > 0 ? known : columns.filter((column) => !column.hidden);
  const isPinned = (column: Column<R>) => pinned.includes(column.id);
  const first = visible.filter(isPinned);
  return {
    columns: [...first, ...visible.filter((column) => !isPinned(column))],
    pins: first.length,
    unknown,
  };
}

export function toggleColumn(shown: readonly string[], id: string, all: readonly string[]): string[] {
  if (shown.includes(id)) return shown.length > 1 ? shown.filter((other) => other !== id) : [...shown];
  // A column comes back where the whole table has it: behind the nearest one before it that is visible.
  const before = all.slice(0, all.indexOf(id)).filter((other) => shown.includes(other));
  const place = before.length > 0 ? shown.indexOf(before[before.length - 1]!) + 1 : 0;
  return [...shown.slice(0, place), id, ...shown.slice(place)];
}

export function moveColumn(shown: readonly string[], id: string, target: string | -1 | 1): string[] {
  const from = shown.indexOf(id);
  const to = typeof target === "number" ? from + target : shown.indexOf(target);
  if (from < 0 || to < 0 || to >= shown.length || from === to) return [...shown];
  const rest = shown.filter((other) => other !== id);
  return [...rest.slice(0, to), id, ...rest.slice(to)];
}

export function togglePin(pinned: string[], id: string): string[] {
  return pinned.includes(id) ? pinned.filter((other) => other !== id) : [...pinned, id];
}

export type Sort = { field: string; descending: boolean };

export function parseSort(text: string): Sort {
  return text.startsWith("-")
    ? { field: text.slice(1), descending: true }
    : { field: text, descending: false };
}

/** First click: the interesting end on top. Then the other way round. */
export function nextSort(now: string, id: string): string {
  const sort = parseSort(now);
  return sort.field === id && sort.descending ? id : `-${id}`;
}

export const rem = (width: number): string => `${width / 16}rem`;
