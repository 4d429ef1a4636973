// The table of every list: fixed row heights, virtual rows, sticky header, one tab stop with a cursor inside.
import { useVirtualizer } from "@tanstack/react-virtual";
import clsx from "clsx";
import {
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type UIEvent,
} from "react";
import { ProgressLine, Skeleton } from "@/design";
import { type CellAction } from "./cell-actions";
import { rem, type Column, type Taste } from "./columns";
import { Header } from "./header";
import { withBase } from "../url";
import { actionOf, type ListAction } from "./keys";
import { DataRow, type RowCalls } from "./row";
import { toggle, toggleAll, toggleTo, type Selection } from "./selection";
import { useCursor } from "./use-cursor";
import { useLine } from "./use-line";

export type RowHeight = "compact" | "default" | "tall";
const HEIGHT: Record<RowHeight, string> = { compact: "1.75rem", default: "var(--row)", tall: "4.5rem" };
const HEADER = 32;
const TICK = 36;
const MENU = 32;

export type DataTableProps<R> = {
  /** Names the grid. */
  label: string;
  /** Visible columns in order, the pinned ones first. */
  columns: Column<R>[];
  pins: number;
  taste: Taste;
  rows: readonly R[];
  rowId: (row: R) => string;
  rowName: (row: R) => string;
  height: RowHeight;
  sort: string;
  onSort: (sort: string) => void;
  onWidth: (id: string, width: number) => void;
  onMove: (id: string, target: string) => void;
  isLoading?: boolean;
  isRefreshing?: boolean;
  hasMore?: boolean;
  isLoadingMore?: boolean;
  onMore?: () => void;
  /** Shown instead of rows: empty and error states. */
  instead?: ReactNode;
  selection?: Selection;
  onSelection?: (selection: Selection) => void;
  /** Stands over the header while rows are ticked. */
  bulk?: ReactNode;
  openId?: string;
  /** "replace" while moving with an open panel. */
  onOpen?: (row: R, how: "push" | "replace") => void;
  onClose?: () => void;
  hrefOf?: (row: R) => string;
  onPage?: (row: R) => void;
  onCell?: (row: R, column: Column<R>, action: CellAction) => void;
  onCopyId?: (row: R) => void;
  /** Opens the menu of a row at an element of it. */
  onMenu?: (row: R, anchor: HTMLElement) => void;
  freshIds?: ReadonlySet<string>;
  /** Rows that still receive something. */
  busyIds?: ReadonlySet<string>;
  onScrolled?: (isAway: boolean) => void;
  /** Gives the page a way to send keys and to scroll up. */
  handle?: { current: TableHandle | null };
};

export type TableHandle = { act: (action: ListAction) => void; toTop: () => void };

export function DataTable<R>(props: DataTableProps<R>): ReactElement {
  const { columns, pins, taste, rows, rowId, rowName, selection, onSelection, openId } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<{ id: string; column: string } | null>(null);
  const order = useMemo(() => rows.map(rowId), [rows, rowId]);
  const columnIds = useMemo(() => columns.map(({ id }) => id), [columns]);
  const { cursor, index, set, move } = useCursor(order, columnIds);
  const line = useLine(HEIGHT[props.height]);
  const canTick = Boolean(onSelection);
  const hasMenu = Boolean(props.onMenu);

  // Only this component draws from it, and it is never memoised.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => line,
    overscan: 8,
    scrollMargin: HEADER,
    scrollPaddingStart: HEADER,
    getItemKey: (place) => order[place] ?? place,
  });
  useEffect(() => virtual.measure(), [line, virtual]);

  const items = virtual.getVirtualItems();
  const lastIndex = items[items.length - 1]?.index ?? 0;
  const { hasMore, isLoadingMore, onMore } = props;
  useEffect(() => {
    if (hasMore && !isLoadingMore && rows.length > 0 && lastIndex >= rows.length - 20) onMore?.();
  }, [hasMore, isLoadingMore, lastIndex, rows.length, onMore]);

  const latest = useRef({ props, order, cursor, index });
  useLayoutEffect(() => {
    latest.current = { props, order, cursor, index };
  });

  const act = useCallback(
    (action: ListAction): void => {
      const { props: now, order: ids, index: place, cursor: at } = latest.current;
      const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 400) / line) - 2);
      const target = move(action, page);
      if (target !== null) {
        virtual.scrollToIndex(target, { align: "auto" });
        const reached = now.rows[target];
        if (now.openId !== undefined && reached !== undefined && action !== "left" && action !== "right")
          now.onOpen?.(reached, "replace");
        return;
      }
      const row = now.rows[place];
      if (action === "close")
        return now.openId !== undefined
          ? now.onClose?.()
          : now.onSelection?.({ ids: new Set(), anchor: null });
      if (action === "tickAll" && now.selection) return now.onSelection?.(toggleAll(now.selection, ids));
      if (row === undefined || !at) return;
      const column = now.columns.find(({ id }) => id === at.column);
      if (action === "peek") now.onOpen?.(row, "push");
      if (action === "menu") {
        const own = scroller.current?.querySelector<HTMLElement>(`[data-menu="${CSS.escape(at.id)}"]`);
        if (own) now.onMenu?.(row, own);
      }
      if (action === "page") now.onPage?.(row);
      if (action === "tab" && now.hrefOf) openTab(now.hrefOf(row));
      if (action === "copyId") now.onCopyId?.(row);
      if (column && action === "filterFor") now.onCell?.(row, column, "for");
      if (column && action === "filterOut") now.onCell?.(row, column, "out");
      if (now.selection && action === "tick") now.onSelection?.(toggle(now.selection, at.id));
      if (now.selection && action === "tickRange") now.onSelection?.(toggleTo(now.selection, ids, at.id));
    },
    [line, move, virtual],
  );

  useEffect(() => {
    if (!props.handle) return;
    props.handle.current = { act, toTop: () => scroller.current?.scrollTo({ top: 0 }) };
  }, [act, props.handle]);

  const calls = useMemo<RowCalls<R>>(
    () => ({
      open: (row, event) => {
        const target = event.target as HTMLElement;
        if (target.closest("a, button, input") || String(getSelection()) !== "") return;
        const { props: now } = latest.current;
        const column = target.closest<HTMLElement>("[data-column]")?.dataset.column ?? now.columns[0]!.id;
        set({ id: now.rowId(row), column });
        if ((event.ctrlKey || event.metaKey) && now.hrefOf) openTab(now.hrefOf(row));
        else if (event.shiftKey && now.selection)
          now.onSelection?.(toggleTo(now.selection, latest.current.order, now.rowId(row)));
        else now.onOpen?.(row, "push");
      },
      tick: (id, isRange) => {
        const { props: now, order: ids } = latest.current;
        if (!now.selection) return;
        now.onSelection?.(isRange ? toggleTo(now.selection, ids, id) : toggle(now.selection, id));
      },
      hover: (id, column) => setHovered(column === null ? null : { id, column }),
      act: (row, column, action) => latest.current.props.onCell?.(row, column, action),
      menu: (row, anchor) => {
        const { props: now } = latest.current;
        set({ id: now.rowId(row), column: now.columns[0]!.id });
        now.onMenu?.(row, anchor);
      },
    }),
    [set],
  );

  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.target !== event.currentTarget || event.defaultPrevented) return;
    const action = actionOf(event);
    if (!action) return;
    // Escape without anything to close belongs to the layer around.
    if (action === "close" && openId === undefined && !selection?.ids.size) return;
    event.preventDefault();
    event.stopPropagation();
    act(action);
  };

  const ticks = useMemo(
    () =>
      selection && onSelection
        ? {
            isAll: selection.ids.size > 0 && selection.ids.size >= order.length,
            isSome: selection.ids.size > 0,
            onAll: () => onSelection(toggleAll(selection, order)),
          }
        : undefined,
    [selection, onSelection, order],
  );
  const style = layoutStyle(columns, taste, pins, { canTick, hasMenu }, HEIGHT[props.height]);
  const isEmpty = rows.length === 0;
  const tall = props.height === "tall";
  const ticked = selection?.ids.size ?? 0;
  return (
    <div className="relative flex min-h-0 min-w-0 flex-1 flex-col">
      <div className="absolute inset-x-0 top-8 z-20">
        <ProgressLine isActive={Boolean(props.isRefreshing)} />
      </div>
      {ticked > 0 && props.bulk && (
        <div className="absolute inset-x-0 top-0 z-20 flex h-8 items-center gap-2 overflow-x-auto border-b border-line bg-sel px-2">
          {props.bulk}
        </div>
      )}
      <div
        ref={scroller}
        role="grid"
        aria-label={props.label}
        aria-rowcount={props.hasMore ? -1 : rows.length + 1}
        aria-colcount={columns.length + (canTick ? 1 : 0) + (hasMenu ? 1 : 0)}
        aria-multiselectable={canTick || undefined}
        aria-busy={props.isLoading || props.isRefreshing || undefined}
        aria-activedescendant={cursor && index >= 0 ? `${cursor.id}/${cursor.column}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        onFocus={(event) => {
          if (event.target === event.currentTarget && index < 0 && rows.length > 0 && columnIds.length > 0)
            set({ id: order[0]!, column: columnIds[0]! });
        }}
        onScroll={(event: UIEvent<HTMLDivElement>) =>
          props.onScrolled?.(event.currentTarget.scrollTop > line)
        }
        className="group/grid focus-inset min-h-0 flex-1 overflow-auto contain-strict"
        style={style}
      >
        <Header
          columns={columns}
          pins={pins}
          sort={props.sort}
          onSort={props.onSort}
          onWidth={props.onWidth}
          onMove={props.onMove}
          ticks={ticks}
          hasMenu={hasMenu}
        />
        {props.isLoading && isEmpty ? (
          <SkeletonRows columns={columns} canTick={canTick} />
        ) : isEmpty ? (
          <div role="rowgroup">
            <div role="row">
              <div role="gridcell" className="sticky left-0 w-full">
                {props.instead}
              </div>
            </div>
          </div>
        ) : (
          <div
            role="rowgroup"
            className={clsx("relative", props.isRefreshing && "opacity-60")}
            style={{ height: `${virtual.getTotalSize()}px`, width: "var(--total)", minWidth: "100%" }}
          >
            {items.map((item) => {
              const row = rows[item.index];
              const id = order[item.index];
              if (row === undefined || id === undefined) return null;
              return (
                <DataRow
                  key={id}
                  row={row}
                  id={id}
                  name={rowName(row)}
                  index={item.index}
                  top={item.start - HEADER}
                  tall={tall}
                  columns={columns}
                  pins={pins}
                  isOpen={openId === id}
                  isTicked={selection?.ids.has(id) ?? false}
                  isFresh={props.freshIds?.has(id) ?? false}
                  cursor={cursor?.id === id ? cursor.column : null}
                  hovered={hovered?.id === id ? hovered.column : null}
                  canTick={canTick}
                  hasMenu={hasMenu}
                  isBusy={props.busyIds?.has(id) ?? false}
                  calls={calls}
                />
              );
            })}
          </div>
        )}
      </div>
    </div>
  );
}

const openTab = (path: string): void =>
  void window.open(withBase(path, new URL(document.baseURI).pathname), "_blank", "noopener");

function layoutStyle<R>(
  columns: Column<R>[],
  taste: Taste,
  pins: number,
  { canTick, hasMenu }: { canTick: boolean; hasMenu: boolean },
  line: string,
): CSSProperties {
  const widths = columns.map((column) => taste.widths[column.id] ?? column.width);
  const first = canTick ? TICK : 0;
  const total = widths.reduce((sum, width) => sum + width, first + (hasMenu ? MENU : 0));
  // What is left over goes to the texts, unless the reader chose their width.
  const grows = columns.map(
    (column, place) => place >= pins && column.grow === true && taste.widths[column.id] === undefined,
  );
  const tracks = widths.map((width, place) => (grows[place] ? `minmax(${rem(width)}, 1fr)` : rem(width)));
  const style: Record<string, string> = {
    "--cols": [
      ...(canTick ? [rem(TICK)] : []),
      ...tracks,
      ...(grows.includes(true) ? [] : ["minmax(0, 1fr)"]),
      ...(hasMenu ? [rem(MENU)] : []),
    ].join(" "),
    "--total": rem(total),
    "--row-height": line,
  };
  let left = first;
  for (let place = 0; place < pins; place++) {
    style[`--pin-${place}`] = rem(left);
    left += widths[place]!;
  }
  return style as CSSProperties;
}

function SkeletonRows<R>({ columns, canTick }: { columns: Column<R>[]; canTick: boolean }): ReactElement {
  return (
    <div role="presentation" aria-hidden>
      {Array.from({ length: 14 }, (_, row) => (
        <div
          key={row}
          className="grid h-(--row-height) min-w-full items-center border-b border-line"
          style={{ gridTemplateColumns: "var(--cols)", width: "var(--total)" }}
        >
          {canTick && <span />}
          {columns.map((column, place) => (
            <span key={column.id} className={clsx("flex px-2", column.align === "end" && "justify-end")}>
              <Skeleton width={`${40 + ((row * 7 + place * 13) % 45)}%`} height="0.75rem" />
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}
