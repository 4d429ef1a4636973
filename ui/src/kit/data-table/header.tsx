// The sticky header: sort by click, move by drag, resize at the edge. The same without a pointer: the Columns panel.
import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import { memo, useState, type PointerEvent, type ReactElement } from "react";
import { clampWidth, nextSort, parseSort, type Column } from "./columns";
import { TickBox } from "./row";

type HeaderProps<R> = {
  columns: Column<R>[];
  pins: number;
  sort: string;
  onSort: (sort: string) => void;
  onWidth: (id: string, width: number) => void;
  onMove: (id: string, target: string) => void;
  /** Absent: rows cannot be ticked. */
  ticks?: { isAll: boolean; isSome: boolean; onAll: () => void };
  hasMenu?: boolean;
};

function HeaderInner<R>(props: HeaderProps<R>): ReactElement {
  const { columns, pins, ticks } = props;
  const [dragged, setDragged] = useState<string | null>(null);
  return (
    <div role="rowgroup" className="sticky top-0 z-10">
      <div
        role="row"
        aria-rowindex={1}
        className="grid h-8 min-w-full border-b border-line bg-s1"
        style={{ gridTemplateColumns: "var(--cols)", width: "var(--total)" }}
      >
        {ticks && (
          <div
            role="columnheader"
            aria-label="Selection"
            className="sticky left-0 z-2 flex items-center justify-center bg-s1"
          >
            <button
              type="button"
              role="checkbox"
              aria-checked={ticks.isAll ? true : ticks.isSome ? "mixed" : false}
              aria-label="Select all loaded rows"
              className="focus-inset flex size-7 items-center justify-center"
              onClick={ticks.onAll}
            >
              <TickBox isOn={ticks.isAll} isSome={ticks.isSome} />
            </button>
          </div>
        )}
        {columns.map((column, place) => (
          <HeaderCell
            key={column.id}
            {...props}
            column={column}
            pin={place < pins ? place : undefined}
            isTarget={dragged !== null && dragged !== column.id}
            onDrag={setDragged}
            onDrop={() => {
              if (dragged) props.onMove(dragged, column.id);
              setDragged(null);
            }}
          />
        ))}
        {props.hasMenu && (
          <div role="columnheader" className="sticky right-0 z-2 bg-s1" style={{ gridColumn: "-2 / -1" }}>
            <span className="sr-only">Actions</span>
          </div>
        )}
      </div>
    </div>
  );
}

/** Drawn again when columns change, not at each scroll. */
export const Header = memo(HeaderInner) as typeof HeaderInner;

type CellProps<R> = Pick<HeaderProps<R>, "sort" | "onSort" | "onWidth"> & {
  column: Column<R>;
  pin: number | undefined;
  isTarget: boolean;
  onDrag: (id: string | null) => void;
  onDrop: () => void;
};

function HeaderCell<R>({
  column,
  pin,
  sort,
  onSort,
  onWidth,
  isTarget,
  onDrag,
  onDrop,
}: CellProps<R>): ReactElement {
  const { field, descending } = parseSort(sort);
  const isSorted = field === column.id;
  const Arrow = descending ? ArrowDown : ArrowUp;
  const look = clsx(
    "flex min-w-0 flex-1 items-center gap-1 px-2 text-table font-medium text-2",
    column.align === "end" && "justify-end",
  );
  const name = <span className="truncate">{column.label}</span>;
  return (
    <div
      role="columnheader"
      tabIndex={-1}
      aria-sort={isSorted ? (descending ? "descending" : "ascending") : undefined}
      title={column.help}
      draggable
      onDragStart={(event) => {
        event.dataTransfer.effectAllowed = "move";
        onDrag(column.id);
      }}
      onDragEnd={() => onDrag(null)}
      onDragOver={(event) => isTarget && event.preventDefault()}
      onDrop={onDrop}
      className={clsx(
        "relative flex min-w-0 bg-s1",
        pin !== undefined && "sticky z-1",
        isTarget && "hover:bg-sel",
      )}
      style={pin !== undefined ? { left: `var(--pin-${pin})` } : undefined}
    >
      {column.sort ? (
        <button
          type="button"
          className={clsx(look, "focus-inset h-full hover:text-1")}
          onClick={() => onSort(nextSort(sort, column.id))}
        >
          {name}
          {isSorted && <Arrow size={12} aria-hidden className="shrink-0 text-1" />}
        </button>
      ) : (
        <span className={look}>{name}</span>
      )}
      <Grip column={column} onWidth={onWidth} />
    </div>
  );
}

/** Draws at the edge of a column; a double click gives the first width back. */
function Grip<R>({
  column,
  onWidth,
}: {
  column: Column<R>;
  onWidth: (id: string, width: number) => void;
}): ReactElement {
  const drag = (event: PointerEvent<HTMLSpanElement>): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const left = event.currentTarget.parentElement!.getBoundingClientRect().left;
    const root = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    onWidth(column.id, clampWidth(((event.clientX - left) * 16) / root));
  };
  return (
    <span
      aria-hidden
      draggable
      onDragStart={(event) => (event.preventDefault(), event.stopPropagation())}
      onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
      onPointerMove={drag}
      onDoubleClick={() => onWidth(column.id, column.width)}
      className="absolute inset-y-0 right-0 z-1 w-1.5 cursor-col-resize touch-none border-r border-line hover:bg-sel"
    />
  );
}
