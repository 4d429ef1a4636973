// One row. Drawn again only when something of its own changes.
import clsx from "clsx";
import { Check, Ellipsis, LoaderCircle } from "lucide-react";
import { memo, type MouseEvent, type ReactElement } from "react";
import { CellActions, type CellAction } from "./cell-actions";
import type { Column } from "./columns";

export type RowCalls<R> = {
  open: (row: R, event: MouseEvent) => void;
  tick: (id: string, isRange: boolean) => void;
  hover: (id: string, column: string | null) => void;
  act: (row: R, column: Column<R>, action: CellAction) => void;
  menu: (row: R, anchor: HTMLElement) => void;
};

export type RowProps<R> = {
  row: R;
  id: string;
  name: string;
  index: number;
  top: number;
  tall: boolean;
  columns: Column<R>[];
  pins: number;
  isOpen: boolean;
  isTicked: boolean;
  isFresh: boolean;
  /** Column of the cell under the keyboard cursor or the pointer, if it is in this row. */
  cursor: string | null;
  hovered: string | null;
  canTick: boolean;
  hasMenu: boolean;
  /** Still receives something: a ring turns in its first cell. */
  isBusy: boolean;
  calls: RowCalls<R>;
};

function DataRowInner<R>(props: RowProps<R>): ReactElement {
  const {
    row,
    id,
    name,
    index,
    top,
    tall,
    columns,
    pins,
    isOpen,
    isTicked,
    isFresh,
    cursor,
    hovered,
    canTick,
    hasMenu,
    isBusy,
    calls,
  } = props;
  const ground = isOpen || isTicked ? "bg-sel" : "bg-bg group-hover:bg-s1";
  return (
    // The keys of a row are those of the grid around it.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isTicked}
      aria-current={isOpen || undefined}
      data-row={id}
      className={clsx(
        "group absolute left-0 grid h-(--row-height) min-w-full border-b border-line",
        isFresh && "animate-tint",
      )}
      style={{ transform: `translateY(${top}px)`, gridTemplateColumns: "var(--cols)", width: "var(--total)" }}
      onClick={(event) => calls.open(row, event)}
      onPointerLeave={() => calls.hover(id, null)}
    >
      {canTick && <Tick id={id} name={name} isOn={isTicked} ground={ground} onTick={calls.tick} />}
      {columns.map((column, place) => (
        <div
          key={column.id}
          id={`${id}/${column.id}`}
          role="gridcell"
          aria-colindex={place + (canTick ? 2 : 1)}
          data-column={column.id}
          className={clsx(
            "relative flex min-w-0 px-2 text-table",
            tall ? "items-start py-1.5" : "items-center",
            column.align === "end" && "tabular justify-end text-right",
            place < pins ? `sticky z-1 ${ground}` : ground,
            cursor === column.id &&
              "outline-2 -outline-offset-2 outline-focus group-[.quiet]/grid:outline-line",
          )}
          style={place < pins ? { left: `var(--pin-${place})` } : undefined}
          onPointerEnter={() => calls.hover(id, column.id)}
        >
          {place === 0 && isBusy && <Ring />}
          <div
            className={clsx(
              "min-w-0",
              tall ? "line-clamp-3" : "truncate",
              column.align !== "end" && "flex-1",
            )}
          >
            {column.cell(row, tall)}
          </div>
          {hovered === column.id && (column.condition ?? column.copy) && (
            <CellActions
              canFilter={Boolean(column.condition?.(row))}
              onAction={(action) => calls.act(row, column, action)}
            />
          )}
        </div>
      ))}
      {hasMenu && (
        <div
          role="gridcell"
          aria-colindex={columns.length + (canTick ? 2 : 1)}
          className={clsx("sticky right-0 z-2 flex items-center justify-center", ground)}
          style={LAST}
        >
          <button
            type="button"
            tabIndex={-1}
            data-menu={id}
            aria-haspopup="menu"
            aria-label={`Actions for ${name}`}
            className="flex size-6 items-center justify-center rounded-control text-3 hover:bg-s2 hover:text-1"
            onClick={(event) => calls.menu(row, event.currentTarget)}
          >
            <Ellipsis size={14} aria-hidden />
          </button>
        </div>
      )}
    </div>
  );
}

/** The last track, whatever stands before it. */
const LAST = { gridColumn: "-2 / -1" };

function Ring(): ReactElement {
  return (
    <LoaderCircle
      size={12}
      role="img"
      aria-label="Still receiving spans"
      className="mr-1 shrink-0 animate-spin text-info"
    />
  );
}

export const DataRow = memo(DataRowInner) as typeof DataRowInner;

type TickProps = {
  id: string;
  name: string;
  isOn: boolean;
  ground: string;
  onTick: (id: string, isRange: boolean) => void;
};

/** A plain checkbox out of the tab order: `x` does the same, and the whole cell is the target. */
function Tick({ id, name, isOn, ground, onTick }: TickProps): ReactElement {
  return (
    <div
      role="gridcell"
      aria-colindex={1}
      className={clsx("sticky left-0 z-2 flex items-center justify-center", ground)}
    >
      <button
        type="button"
        role="checkbox"
        tabIndex={-1}
        aria-checked={isOn}
        aria-label={`Select ${name}`}
        className="flex size-7 items-center justify-center"
        onClick={(event) => {
          event.stopPropagation();
          onTick(id, event.shiftKey);
        }}
      >
        <TickBox isOn={isOn} />
      </button>
    </div>
  );
}

export function TickBox({ isOn, isSome }: { isOn: boolean; isSome?: boolean }): ReactElement {
  return (
    <span
      aria-hidden
      className={clsx(
        "flex size-4 items-center justify-center rounded-control border",
        isOn || isSome ? "border-accent bg-accent text-on-accent" : "border-strong bg-bg",
      )}
    >
      {isOn ? <Check size={12} /> : isSome && <span className="h-0.5 w-2 bg-on-accent" />}
    </span>
  );
}
