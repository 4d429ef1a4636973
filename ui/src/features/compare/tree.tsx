// Both trees as one: a row for each span of either trace, with the numbers of both and the difference.
import clsx from "clsx";
import { ChevronDown, ChevronRight } from "lucide-react";
import {
  type HTMLAttributes,
  memo,
  type KeyboardEvent,
  type ReactElement,
  useCallback,
  useMemo,
  useRef,
} from "react";

import { Badge, LevelBadge, TypeIcon } from "@/design";
import { useWidth } from "@/kit/chart/use-size";
import { depthCap } from "@/trace/rows";
import { VirtualList } from "@/trace/virtual-list";

import { figuresOf, type Comparison, type Figures } from "./comparison";
import { type Amount, Delta, FORMATS, type Measure } from "./delta";
import { DIFFERS, rowKey } from "./differences";

const ROW_HEIGHT = 28;
const INDENT_REM = 0.875;
const PAGE = 10;
const LEVELS = ["DEBUG", "DEFAULT", "WARNING", "ERROR"];

type Column = { id: Measure & keyof Figures; label: string; wide: string; className: string };

const COLUMNS: readonly Column[] = [
  { id: "duration", label: "Duration", wide: "w-20", className: "" },
  { id: "cost", label: "Cost", wide: "w-26", className: "@max-[52rem]:hidden" },
  { id: "tokens", label: "Tokens", wide: "w-18", className: "@max-[68rem]:hidden" },
];

export interface CompareTreeProps {
  comparison: Comparison;
  /** Rows in sight, in order. */
  shown: Int32Array;
  /** Row of the alignment; -1 for none. */
  selected: number;
  isFolded: (row: number) => boolean;
  onSelect: (row: number) => void;
  onFold: (row: number, folded: boolean) => void;
}

export function CompareTree(props: CompareTreeProps): ReactElement {
  const { comparison, shown, selected, isFolded, onSelect, onFold } = props;
  const { a, b, rows } = comparison;
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const placeOf = useMemo(() => new Map(Array.from(shown, (row, place) => [row, place])), [shown]);
  const active = placeOf.get(selected) ?? -1;
  const wish = useMemo(
    () => (selected < 0 ? null : { row: active, align: "auto" as const, token: selected }),
    [active, selected],
  );
  const keyAt = useCallback(
    (place: number) => (place < shown.length ? rowKey(a.model, b.model, rows, shown[place]!) : undefined),
    [a, b, rows, shown],
  );
  const rowOf = useCallback(
    (key: string) => placeOf.get(comparison.index.get(key) ?? -1) ?? -1,
    [comparison, placeOf],
  );
  const move = (place: number): void => {
    const row = shown[Math.max(0, Math.min(place, shown.length - 1))];
    if (row !== undefined) onSelect(row);
  };
  const isOpen = (row: number): boolean => rows.size[row]! > 1 && !isFolded(row);
  const keys: Record<string, () => void> = {
    ArrowDown: () => move(active + 1),
    ArrowUp: () => move(active - 1),
    j: () => move(active + 1),
    k: () => move(active - 1),
    PageDown: () => move(active + PAGE),
    PageUp: () => move(active - PAGE),
    Home: () => move(0),
    End: () => move(shown.length - 1),
    ArrowLeft: () => {
      if (selected < 0) return;
      if (isOpen(selected)) onFold(selected, true);
      else if (rows.parent[selected]! >= 0) onSelect(rows.parent[selected]!);
    },
    ArrowRight: () => {
      if (selected < 0 || rows.size[selected] === 1) return;
      if (isOpen(selected)) move(active + 1);
      else onFold(selected, false);
    },
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const act = event.ctrlKey || event.metaKey || event.altKey ? undefined : keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    act();
  };
  const cap = depthCap(width);
  return (
    <div ref={box} className="@container flex min-h-0 flex-1 flex-col">
      <Heads />
      <VirtualList
        role="tree"
        label="Spans of both traces"
        count={shown.length}
        rowHeight={ROW_HEIGHT}
        active={active}
        wish={wish}
        keyAt={keyAt}
        rowOf={rowOf}
        version={shown}
        onKeyDown={onKeyDown}
      >
        {(place, id) => {
          const row = shown[place]!;
          return (
            <Row
              {...{ comparison, row, id, cap, onSelect, onFold }}
              isSelected={row === selected}
              isFolded={isFolded(row)}
            />
          );
        }}
      </VirtualList>
    </div>
  );
}

/** Each cell says what it is, so the heads are for the eye. */
function Heads(): ReactElement {
  return (
    <div
      aria-hidden
      className="flex h-7 shrink-0 items-center gap-2 border-b border-line pr-4 pl-3 text-table text-3"
    >
      <span className="flex-1">Span</span>
      {COLUMNS.map(({ id, label, wide, className }) => (
        <span key={id} className={clsx("flex", className)}>
          <span className="w-18 text-right @max-[36rem]:hidden">{`${label} A`}</span>
          <span className="w-18 text-right @max-[36rem]:hidden">{`${label} B`}</span>
          <span className={clsx("text-right", wide)}>Change</span>
        </span>
      ))}
    </div>
  );
}

interface RowProps {
  comparison: Comparison;
  row: number;
  id: string;
  cap: number;
  isSelected: boolean;
  isFolded: boolean;
  onSelect: (row: number) => void;
  onFold: (row: number, folded: boolean) => void;
}

const Row = memo(function Row(given: RowProps): ReactElement {
  const { comparison, row, id, cap, isSelected, isFolded, onSelect, onFold } = given;
  const { a, b, rows, differences } = comparison;
  const [nodeA, nodeB] = [rows.a[row]!, rows.b[row]!];
  const span = nodeA >= 0 ? a.model.rows[nodeA]! : b.model.rows[nodeB]!;
  const levels = [nodeA < 0 ? -1 : a.model.rows[nodeA]!.level, nodeB < 0 ? -1 : b.model.rows[nodeB]!.level];
  const level = LEVELS[Math.max(...levels)];
  const [from, to] = [figuresOf(a, nodeA), figuresOf(b, nodeB)];
  const own = differences.own[row]!;
  const only = own & DIFFERS.onlyA ? "Only in A" : own & DIFFERS.onlyB ? "Only in B" : null;
  const depth = rows.depth[row]!;
  const hasInner = rows.size[row]! > 1;
  const props: HTMLAttributes<HTMLDivElement> = {
    id,
    role: "treeitem",
    "aria-level": depth + 1,
    "aria-setsize": rows.siblings[row]!,
    "aria-posinset": rows.position[row]!,
    "aria-expanded": hasInner ? !isFolded : undefined,
    "aria-selected": isSelected,
    onClick: () => onSelect(row),
    onDoubleClick: () => hasInner && onFold(row, !isFolded),
    className: clsx(
      "flex h-full w-full items-center gap-2 pr-4 pl-1 select-none",
      isSelected
        ? "bg-sel group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-focus"
        : only
          ? "bg-s1 hover:bg-s2"
          : "hover:bg-s2",
    ),
  };
  return (
    <div {...props}>
      <span
        className="flex min-w-0 flex-1 items-center gap-1"
        style={{ paddingLeft: `${Math.min(depth, cap) * INDENT_REM}rem` }}
      >
        {depth > cap && <span className="tabular shrink-0 text-caption text-3">{depth + 1}</span>}
        <Fold isThere={hasInner} isFolded={isFolded} onFold={(folded) => onFold(row, folded)} />
        <TypeIcon type={span.type} decorative />
        <span className={clsx("truncate", level === "ERROR" && "text-danger")} title={span.name}>
          {span.name || "(no name)"}
        </span>
        {isFolded && hasInner && (
          <span className="tabular shrink-0 text-caption text-3">{rows.size[row]! - 1}</span>
        )}
        <LevelBadge level={level} compact />
        {only && (
          <Badge tone={own & DIFFERS.onlyA ? "warn" : "info"} className="shrink-0">
            {only}
          </Badge>
        )}
        {own & DIFFERS.model ? <Badge className="shrink-0 @max-[36rem]:hidden">Other model</Badge> : null}
      </span>
      {COLUMNS.map((column) => (
        <Cells key={column.id} column={column} from={from[column.id]} to={to[column.id]} />
      ))}
    </div>
  );
});

/** What both took and the difference; nothing at all where neither took anything. */
function Cells({ column, from, to }: { column: Column; from: Amount; to: Amount }): ReactElement {
  const { id, label, wide, className } = column;
  const isNothing = !from && !to;
  const text = (amount: Amount): string => (isNothing || amount === null ? "" : FORMATS[id](amount));
  return (
    <span className={clsx("tabular flex shrink-0 text-table", className)}>
      <Cell name={`${label} A`} text={text(from)} />
      <Cell name={`${label} B`} text={text(to)} />
      <span className={clsx("text-right", wide)}>
        {!isNothing && from !== null && to !== null && <Delta from={from} to={to} measure={id} />}
      </span>
    </span>
  );
}

function Cell({ name, text }: { name: string; text: string }): ReactElement {
  return (
    <span className="w-18 text-right text-2 @max-[36rem]:hidden">
      {text !== "" && <span className="sr-only">{`${name} `}</span>}
      {text}
    </span>
  );
}

function Fold({
  isThere,
  isFolded,
  onFold,
}: {
  isThere: boolean;
  isFolded: boolean;
  onFold: (folded: boolean) => void;
}): ReactElement {
  const Icon = isFolded ? ChevronRight : ChevronDown;
  // Not a button: the arrow keys of the tree do the same, and a tree row must not hold focusable parts.
  return (
    <span
      aria-hidden
      onClick={(event) => {
        if (!isThere) return;
        event.stopPropagation();
        onFold(!isFolded);
      }}
      className={clsx(
        "flex size-6 shrink-0 items-center justify-center rounded-control text-3",
        isThere && "hover:bg-s2 hover:text-1",
      )}
    >
      {isThere && <Icon size={14} />}
    </span>
  );
}
