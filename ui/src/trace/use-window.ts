// Which rows are in sight. Rows are counted, and only those that somebody opened are measured: nothing jumps, nothing
// goes blank.
import { type RefObject, useCallback, useLayoutEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

import type { Heights } from "./heights";
import { useStable } from "./use-stable";

const OVERSCAN = 12;
/** The window moves in steps, so that scrolling by a pixel renders nothing. */
const STEP = 4;

export interface RowWindow {
  from: number;
  to: number;
  scrollToRow: (row: number, align: "auto" | "center") => void;
}

export function useRowWindow(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
  heights: Heights,
): RowWindow {
  const [range, setRange] = useState({ from: 0, to: 0 });
  const last = useRef(range);
  const top = useRef(0);
  const height = useRef(rowHeight);
  // Rows of another height: the same ones stay in sight. By the remembered place, because the browser has cut the
  // present one by now if the list became shorter.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element || height.current === rowHeight) return;
    const wanted = (top.current * rowHeight) / height.current;
    height.current = rowHeight;
    element.scrollTo({ top: wanted });
    top.current = wanted;
  }, [scroller, rowHeight]);

  const measure = useCallback(
    (sync: boolean) => {
      const element = scroller.current;
      if (!element) return;
      top.current = element.scrollTop;
      const first = heights.rowAt(element.scrollTop);
      const end = heights.rowAt(element.scrollTop + element.clientHeight) + 1;
      const from = Math.max(0, Math.floor((first - OVERSCAN) / STEP) * STEP);
      const to = Math.min(count, Math.ceil((end + OVERSCAN) / STEP) * STEP);
      if (from === last.current.from && to === last.current.to) return;
      last.current = { from, to };
      if (sync) flushSync(() => setRange(last.current));
      else setRange(last.current);
    },
    [scroller, count, heights],
  );

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    measure(false);
    const onScroll = () => measure(true);
    element.addEventListener("scroll", onScroll, { passive: true });
    const observer = new ResizeObserver(() => measure(false));
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", onScroll);
      observer.disconnect();
    };
  }, [scroller, measure]);

  const scrollToRow = useCallback(
    (row: number, align: "auto" | "center") => {
      const element = scroller.current;
      if (!element) return;
      const at = heights.topOf(row);
      const room = element.clientHeight;
      if (align === "center") element.scrollTo({ top: at - (room - rowHeight) / 2 });
      else if (at < element.scrollTop) element.scrollTo({ top: at });
      else if (at + rowHeight > element.scrollTop + room) element.scrollTo({ top: at + rowHeight - room });
      top.current = element.scrollTop;
      // Before the browser says that it has scrolled: else the first picture is without the rows, and they jump in.
      measure(false);
    },
    [scroller, rowHeight, heights, measure],
  );
  return { from: Math.min(range.from, count), to: Math.min(Math.max(range.to, 0), count), scrollToRow };
}

/** Keeps what the reader looks at in place when rows come or go above it: the first row in sight is found again by key. */
export function useAnchor(
  scroller: RefObject<HTMLElement | null>,
  heights: Heights,
  keyAt: (row: number) => string | undefined,
  rowOf: (key: string) => number,
  version: unknown,
): void {
  const anchor = useRef<{ key: string; delta: number } | null>(null);
  const remember = useStable(() => {
    const element = scroller.current;
    if (!element) return;
    const row = heights.rowAt(element.scrollTop);
    const key = element.scrollTop > 0 ? keyAt(row) : undefined;
    anchor.current = key === undefined ? null : { key, delta: element.scrollTop - heights.topOf(row) };
  });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    element.addEventListener("scroll", remember, { passive: true });
    return () => element.removeEventListener("scroll", remember);
  }, [scroller, remember]);
  const seen = useRef(version);
  useLayoutEffect(() => {
    if (seen.current === version) return;
    seen.current = version;
    const element = scroller.current;
    if (!element || !anchor.current) return;
    const row = rowOf(anchor.current.key);
    if (row < 0) return;
    const wanted = heights.topOf(row) + anchor.current.delta;
    if (Math.abs(wanted - element.scrollTop) >= 1) element.scrollTo({ top: wanted });
  });
}
