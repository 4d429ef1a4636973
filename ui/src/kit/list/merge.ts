// Puts rows that arrived into the loaded pages. Pure.
import type { InfiniteData } from "@tanstack/react-query";
import type { ListPage } from "./api";

export type Pages<R> = InfiniteData<ListPage<R>, string | undefined>;

/** Rows that are loaded already are replaced in place; new ones stand on top, in the order given. */
export function mergeRows<R>(
  pages: Pages<R>,
  rows: readonly R[],
  rowId: (row: R) => string,
  addNew: boolean,
): { pages: Pages<R>; added: string[]; changed: string[] } {
  const arrived = new Map(rows.map((row) => [rowId(row), row]));
  const changed: string[] = [];
  const updated = pages.pages.map((page) => {
    if (!page.rows.some((row) => arrived.has(rowId(row)))) return page;
    return {
      ...page,
      rows: page.rows.map((row) => {
        const id = rowId(row);
        const next = arrived.get(id);
        if (!next) return row;
        if (JSON.stringify(next) !== JSON.stringify(row)) changed.push(id);
        return next;
      }),
    };
  });
  const known = new Set(pages.pages.flatMap((page) => page.rows.map(rowId)));
  const fresh = addNew ? [...arrived].filter(([id]) => !known.has(id)) : [];
  const [first, ...rest] = updated;
  const top = first && { ...first, rows: [...fresh.map(([, row]) => row), ...first.rows] };
  return { pages: { ...pages, pages: top ? [top, ...rest] : [] }, added: fresh.map(([id]) => id), changed };
}

/** Shows a change of one row at once, before the server has it. */
export function patchRow<R>(
  pages: Pages<R> | undefined,
  rowId: (row: R) => string,
  id: string,
  change: Partial<R>,
): Pages<R> | undefined {
  return (
    pages && {
      ...pages,
      pages: pages.pages.map((page) => ({
        ...page,
        rows: page.rows.map((row) => (rowId(row) === id ? { ...row, ...change } : row)),
      })),
    }
  );
}

/** Takes rows out that are gone. The same pages when none of them is there. */
export function dropRows<R>(pages: Pages<R>, rowId: (row: R) => string, ids: ReadonlySet<string>): Pages<R> {
  if (!pages.pages.some(({ rows }) => rows.some((row) => ids.has(rowId(row))))) return pages;
  return {
    ...pages,
    pages: pages.pages.map((page) => ({ ...page, rows: page.rows.filter((row) => !ids.has(rowId(row))) })),
  };
}
