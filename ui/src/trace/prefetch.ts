// Bodies of spans are fetched before they are asked for: on hovering a moment, and for the neighbours of the selected
// one. What was read longest ago is dropped when the kept bodies grow too large.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useRef } from "react";

import { spanKey, spanQuery } from "./queries";
import type { Source } from "./source";
import type { Span } from "./types";
import type { Viewer } from "./viewer-state";

const HOVER_MS = 100;
const CHARACTERS_KEPT = 25 << 20;

export interface Prefetch {
  hover: (spanId: string) => void;
  leave: () => void;
}

const PrefetchContext = createContext<Prefetch>({ hover: () => {}, leave: () => {} });
export const PrefetchProvider = PrefetchContext.Provider;
export const usePrefetch = (): Prefetch => useContext(PrefetchContext);

export function useMakePrefetch(source: Source, traceId: string): Prefetch {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return useMemo(
    () => ({
      hover: (spanId) => {
        clearTimeout(timer.current);
        timer.current = setTimeout(() => fetchBody(queries, source, traceId, spanId), HOVER_MS);
      },
      leave: () => clearTimeout(timer.current),
    }),
    [queries, source, traceId],
  );
}

function fetchBody(queries: QueryClient, source: Source, traceId: string, spanId: string): void {
  if (spanId.startsWith("\u0000")) return;
  void queries.prefetchQuery(spanQuery(source, traceId, spanId)).then(() => dropOldest(queries));
}

/** Keeps the bodies within bounds, least recently fetched first; those on screen stay. */
export function dropOldest(queries: QueryClient, most = CHARACTERS_KEPT): void {
  const bodies = queries
    .getQueryCache()
    .findAll({ queryKey: ["trace"], predicate: (query) => query.queryKey[3] === "span" })
    .toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt);
  let kept = 0;
  for (const query of bodies) {
    const span = query.state.data as Span | undefined;
    kept += span ? span.input.text.length + span.output.text.length + 2_000 : 0;
    if (kept > most && !query.isActive()) queries.removeQueries({ queryKey: query.queryKey, exact: true });
  }
}

/** The rows beside the active one are fetched once the reader rests on it. */
export function usePrefetchNeighbours({ source, traceId, model, rows, activeRow }: Viewer): void {
  const queries = useQueryClient();
  useEffect(() => {
    if (activeRow < 0) return undefined;
    const timer = setTimeout(() => {
      for (const row of [activeRow + 1, activeRow - 1]) {
        if (row < 0 || row >= rows.length) continue;
        const { id } = model.rows[rows.node[row]!]!;
        if (!queries.getQueryData(spanKey(source, traceId, id))) fetchBody(queries, source, traceId, id);
      }
    }, HOVER_MS);
    return () => clearTimeout(timer);
  }, [queries, source, traceId, model, rows, activeRow]);
}
