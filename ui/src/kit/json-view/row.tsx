// One row of the tree: key, value, and what can be done with it.
import clsx from "clsx";
import { Braces, ChevronDown, ChevronRight, Copy, Link2, Maximize2 } from "lucide-react";
import { memo, type MouseEvent, type ReactElement } from "react";
import { formatBytes, formatPlural } from "@/kit/format";
import { readDataUrl, splitReferences } from "@/kit/media/reference";
import { mayHoldJson } from "./inner";
import type { Row } from "./rows";
import { readString } from "./text";
import { canOpen } from "./use-tree";

export const CUT = 300;

export interface RowActions {
  toggle(row: Row, below: boolean): void;
  select(row: Row): void;
  unwrap(row: Row): void;
  showAll(row: Row): void;
  copyValue(row: Row): void;
  copyPath(row: Row): void;
}

export interface JsonRowProps extends RowActions {
  row: Row;
  id: string;
  isCurrent: boolean;
  isMatch: boolean;
  /** Levels that are not shown. */
  shift: number;
}

export const JsonRow = memo(function JsonRow(props: JsonRowProps): ReactElement {
  const { row, id, isCurrent, isMatch, shift } = props;
  const opens = canOpen(row);
  const press = (event: MouseEvent): void => {
    props.select(row);
    if (opens && !window.getSelection()?.toString()) props.toggle(row, event.altKey);
  };
  return (
    // The tree has the focus and the keys; a row only takes clicks.
    // oxlint-disable-next-line jsx-a11y/click-events-have-key-events
    <div
      id={id}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1 - shift}
      aria-posinset={row.place}
      aria-setsize={row.siblings}
      aria-expanded={opens ? row.isOpen : undefined}
      aria-selected={isCurrent}
      onClick={press}
      style={{ paddingLeft: `${Math.min(row.depth - shift, 24) * 0.875 + 0.25}rem` }}
      className={clsx(
        "group flex h-6 w-full min-w-0 items-center gap-1 pr-1 font-mono text-code whitespace-nowrap",
        isMatch ? "bg-mark" : isCurrent ? "group-focus-within/tree:bg-sel hover:bg-s2" : "hover:bg-s2",
        opens && "cursor-pointer",
      )}
    >
      <span className="flex w-4 shrink-0 justify-center text-3">
        {opens &&
          (row.isOpen ? <ChevronDown size={12} aria-hidden /> : <ChevronRight size={12} aria-hidden />)}
      </span>
      {row.name !== undefined && (
        <span
          className={clsx(
            "max-w-[40%] shrink-0 truncate",
            typeof row.name === "number" ? "text-3" : "text-info",
          )}
          title={typeof row.name === "string" ? row.name : undefined}
        >
          {row.name === "" ? '""' : row.name}
          <span className="text-3">:</span>
        </span>
      )}
      <Value row={row} />
      {mayHoldJson(row) && (
        <RowButton
          label={row.isUnwrapped ? "Show as text (u)" : "Show as JSON (u)"}
          icon={Braces}
          onPress={() => props.unwrap(row)}
        />
      )}
      <Buttons {...props} />
    </div>
  );
});

function Value({ row }: { row: Row }): ReactElement {
  if (row.type === "loading") return <span className="text-3">Reading…</span>;
  if (row.type === "range") {
    return (
      <span className="text-3">
        {formatRange(row.from ?? 0)} – {formatRange((row.to ?? 1) - 1)}
      </span>
    );
  }
  const { text } = row.document;
  if (row.kind === "object" || row.kind === "array") return <Container row={row} />;
  if (row.kind === "string") return <StringValue row={row} />;
  const written = text.slice(row.start, Math.min(row.end, row.start + CUT));
  const look = { number: "text-warn", boolean: "text-series-6", null: "text-3 italic", bad: "text-danger" }[
    row.kind as "number"
  ];
  return <span className={clsx("min-w-0 truncate", look)}>{written || "cut off"}</span>;
}

const formatRange = (index: number): string => index.toLocaleString("en-US");

function Container({ row }: { row: Row }): ReactElement {
  const [open, close] = row.kind === "array" ? ["[", "]"] : ["{", "}"];
  if (row.count === 0) return <span className="text-3">{open + close}</span>;
  const unit = row.kind === "array" ? "item" : "key";
  const size = row.count === undefined ? formatBytes(row.end - row.start) : formatPlural(row.count, unit);
  if (row.isOpen) return <span className="min-w-0 truncate text-3">{size}</span>;
  const isShort = row.count !== undefined && row.end - row.start < 120;
  const inside = isShort
    ? row.document.text.slice(row.start + 1, row.end - 1).replace(/\s+/g, " ")
    : "\u2026";
  return (
    <span className="min-w-0 truncate text-3">
      {open}
      {inside}
      {close} <span className="ml-1">{size}</span>
    </span>
  );
}

function StringValue({ row }: { row: Row }): ReactElement {
  const { text, isCut } = readString(row.document.text, row, CUT);
  const media = mediaIn(text);
  if (media) return <span className="min-w-0 truncate rounded-control bg-s2 px-1 text-2">{media}</span>;
  return (
    <span className="min-w-0 truncate text-ok" dir="auto">
      "{text.replace(/\n/g, "\u21b5")}
      {isCut ? <span className="text-3">… {formatBytes(row.end - row.start)}</span> : '"'}
    </span>
  );
}

/** What the media in a string are, if it begins with such. */
export function mediaIn(text: string): string | undefined {
  const data = readDataUrl(text);
  if (data) return `${data.mime}, in the text`;
  const types = splitReferences(text).flatMap((piece) => (typeof piece === "string" ? [] : [piece.mime]));
  return types.length > 0 ? `${types.join(", ")}, stored` : undefined;
}

function Buttons({ row, isCurrent, showAll, copyValue, copyPath }: JsonRowProps): ReactElement | null {
  if (row.type !== "value") return null;
  const isLong = row.kind === "string" && row.end - row.start > 80;
  return (
    <span
      className={clsx(
        "sticky right-0 ml-auto flex shrink-0 bg-inherit",
        "opacity-0 group-hover:opacity-100",
        isCurrent && "group-focus-within/tree:opacity-100",
      )}
    >
      {isLong && <RowButton label="Show all (Enter)" icon={Maximize2} onPress={() => showAll(row)} />}
      <RowButton label="Copy value (c)" icon={Copy} onPress={() => copyValue(row)} />
      <RowButton label="Copy path (p)" icon={Link2} onPress={() => copyPath(row)} />
    </span>
  );
}

/** Not in the tab order: the same is done with a key on the row. */
function RowButton({
  label,
  icon: Icon,
  onPress,
}: {
  label: string;
  icon: typeof Copy;
  onPress: () => void;
}): ReactElement {
  return (
    <button
      type="button"
      tabIndex={-1}
      title={label}
      aria-label={label}
      onClick={(event) => {
        event.stopPropagation();
        onPress();
      }}
      className="flex size-6 items-center justify-center rounded-control text-3 hover:bg-s2 hover:text-1"
    >
      <Icon size={13} aria-hidden />
    </button>
  );
}
