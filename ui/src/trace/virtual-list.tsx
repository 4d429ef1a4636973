// A list of rows of which only those in sight exist. All have one height, but for the few that somebody opened. One tab stop: the list keeps the focus and names the
// active row, so that scrolling a focused row out of sight loses nothing.
import clsx from "clsx";
import {
  type KeyboardEvent,
  type ReactNode,
  type Ref,
  type RefObject,
  useEffect,
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
} from "react";

import { useIsPrinting } from "@/kit/print";

import { heightsOf, type Tall } from "./heights";
import { useAnchor, useRowWindow } from "./use-window";

/** Paper for more rows than this would help nobody. */
const MOST_PRINTED = 2_000;

export interface ListHandle {
  focus: () => void;
}

export interface VirtualListProps {
  role: "tree" | "treegrid";
  label: string;
  count: number;
  /** Pixels. */
  rowHeight: number;
  /** Rows that are open, and how much taller they are. */
  tall?: readonly Tall[];
  /** Row that the keyboard stands on, -1 for none. */
  active: number;
  /** A row to bring into sight, once it exists. */
  wish: { row: number; align: "auto" | "center"; token: unknown } | null;
  /** Finds rows again when the list changes. */
  keyAt: (row: number) => string | undefined;
  rowOf: (key: string) => number;
  version: unknown;
  onKeyDown?: (event: KeyboardEvent) => void;
  /** The row itself, with this DOM id. */
  children: (row: number, id: string) => ReactNode;
  className?: string;
  /** The element that scrolls, for callers that measure it. */
  scroller?: RefObject<HTMLDivElement | null>;
  ref?: Ref<ListHandle>;
}

export function VirtualList(props: VirtualListProps) {
  const {
    role,
    label,
    count,
    rowHeight,
    tall,
    active,
    wish,
    keyAt,
    rowOf,
    version,
    onKeyDown,
    children,
    className,
    ref,
  } = props;
  const own = useRef<HTMLDivElement>(null);
  const scroller = props.scroller ?? own;
  const prefix = useId();
  // The anchor listens first: it reads the scroll position before new rows are written.
  const heights = useMemo(() => heightsOf(count, rowHeight, tall), [count, rowHeight, tall]);
  useAnchor(scroller, heights, keyAt, rowOf, version);
  const { scrollToRow, ...seen } = useRowWindow(scroller, count, rowHeight, heights);
  const isPrinting = useIsPrinting();
  const { from, to } = isPrinting ? { from: 0, to: Math.min(count, MOST_PRINTED) } : seen;
  useImperativeHandle(ref, () => ({ focus: () => scroller.current?.focus({ preventScroll: true }) }), [
    scroller,
  ]);

  // A wish waits until its row is there (a masked or folded row), and is fulfilled once.
  const done = useRef<unknown>(null);
  const wished = wish?.row ?? -1;
  useLayoutEffect(() => {
    if (!wish || wished < 0 || done.current === wish.token) return;
    done.current = wish.token;
    scrollToRow(wished, wish.align);
  }, [wish, wished, scrollToRow]);
  useEffect(() => {
    if (!wish) done.current = null;
  }, [wish]);

  // Rows keep their elements while scrolling: a row that goes out at the top gives its place to one that comes in.
  const places = Math.ceil((to - from + 1) / 16) * 16;
  // One that is open keeps its own: what was scrolled or folded in it stays.
  const shown: { row: number; key: number | string }[] = [];
  for (let row = from; row < to; row++)
    shown.push({ row, key: heights.isTall(row) ? `open ${keyAt(row)}` : row % places });
  // The active row exists even out of sight: assistive technology follows it.
  if (active >= 0 && active < count && (active < from || active >= to)) shown.push({ row: active, key: -1 });
  const idOf = (row: number) => `${prefix}${row}`;
  return (
    // Its role is a tree or a grid, as the caller says.
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      ref={scroller}
      role={role}
      aria-label={label}
      aria-rowcount={role === "treegrid" ? count : undefined}
      aria-activedescendant={active >= 0 ? idOf(active) : undefined}
      tabIndex={0}
      onKeyDown={onKeyDown}
      className={clsx(
        "focus-inset group/list min-h-0 flex-1 overflow-x-hidden overflow-y-auto contain-strict",
        className,
      )}
    >
      <div role="none" className="relative" style={{ height: isPrinting ? undefined : heights.total }}>
        {shown.map(({ row, key }) => (
          <div
            key={key}
            role="none"
            className={isPrinting ? "relative break-inside-avoid" : "absolute inset-x-0"}
            style={{
              top: isPrinting ? undefined : heights.topOf(row),
              height: isPrinting && heights.isTall(row) ? undefined : heights.heightOf(row),
            }}
          >
            {children(row, idOf(row))}
          </div>
        ))}
      </div>
    </div>
  );
}
