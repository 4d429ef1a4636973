// The state of one tree: what is open, what is unwrapped, which row is the current one.
import { useCallback, useEffect, useMemo, useState } from "react";
import { JsonDocument, shapeOf } from "./document";
import { decodeInner } from "./inner";
import { buildRows, childrenOf, firstOpen, openBelow, rangesTo, type Row, type TreeState } from "./rows";
import { isContainer } from "./text";

export interface Tree {
  document: JsonDocument;
  rows: Row[];
  current: string;
  setCurrent(id: string): void;
  toggle(row: Row, options?: { below?: boolean }): void;
  unwrap(row: Row): void;
  /** Opens these ids beside what is open. */
  reveal(ids: readonly string[], current: string): void;
  openAll(): void;
  closeAll(): void;
}

const NONE: TreeState = { open: new Set(), unwrapped: new Map() };

export function useTree(document: JsonDocument, budget?: number): Tree {
  const [state, setState] = useState<TreeState>(() => ({ ...NONE, open: firstOpen(document, budget) }));
  const [current, setCurrent] = useState("0");
  const [seen, setSeen] = useState(document);
  const [, refresh] = useState(0);
  if (seen !== document) {
    setSeen(document);
    setState({ ...NONE, open: firstOpen(document, budget) });
    setCurrent("0");
  }
  const rows = useMemo(() => buildRows(document, state), [document, state]);
  const waiting = rows.find(({ type }) => type === "loading")?.parent;
  useEffect(() => {
    if (!waiting) return;
    let isGone = false;
    void waiting.document.load(waiting).then((members) => {
      if (isGone) return;
      const more = rangesTo(waiting.id, members.count, 0);
      setState((before) => ({ ...before, open: new Set([...before.open, ...more]) }));
      refresh((count) => count + 1);
    });
    return () => {
      isGone = true;
    };
  }, [waiting]);

  const toggle = useCallback((row: Row, { below = false } = {}) => {
    setState((before) => {
      if (below && !row.isOpen) return { ...before, open: openBelow(row, before) };
      const open = new Set(before.open);
      if (row.isOpen) open.delete(row.id);
      else for (const id of openingOf(row, before)) open.add(id);
      return { ...before, open };
    });
  }, []);
  const unwrap = useCallback((row: Row) => {
    setState((before) => {
      const unwrapped = new Map(before.unwrapped);
      const open = new Set(before.open);
      const inner = unwrapped.has(row.id) ? undefined : decodeInner(row);
      if (inner) {
        unwrapped.set(row.id, inner);
        open.add(row.id);
        const members = inner.members(inner.root);
        for (const id of members ? rangesTo(row.id, members.count, 0) : []) open.add(id);
      } else {
        unwrapped.delete(row.id);
        open.delete(row.id);
      }
      return { open, unwrapped };
    });
  }, []);
  const reveal = useCallback((ids: readonly string[], id: string) => {
    setState((before) => ({ ...before, open: new Set([...before.open, ...ids]) }));
    setCurrent(id);
  }, []);
  const openAll = useCallback(
    () =>
      setState((before) => ({ ...before, open: openBelow(buildRows(document, before)[0] as Row, before) })),
    [document],
  );
  const closeAll = useCallback(() => {
    setState((before) => ({ ...before, open: new Set(["0"]) }));
    setCurrent("0");
  }, []);
  return { document, rows, current, setCurrent, toggle, unwrap, reveal, openAll, closeAll };
}

/** With a long container its first page opens as well. */
function openingOf(row: Row, state: TreeState): string[] {
  const first = childrenOf({ ...row, isOpen: true }, state)[0];
  if (first?.type !== "range") return [row.id];
  return [row.id, first.id, ...(first.to !== undefined ? nested(first, state) : [])];
}

function nested(range: Row, state: TreeState): string[] {
  const first = childrenOf({ ...range, isOpen: true }, state)[0];
  return first?.type === "range" ? [first.id, ...nested(first, state)] : [];
}

/** The document of a text, made once; what the text is decides how it is shown. */
export function useDocument(text: string): { document: JsonDocument; shape: ReturnType<typeof shapeOf> } {
  return useMemo(() => ({ document: new JsonDocument(text), shape: shapeOf(text) }), [text]);
}

export const canOpen = (row: Row): boolean =>
  row.type === "range" || row.isUnwrapped === true || (isContainer(row.kind) && row.count !== 0);
