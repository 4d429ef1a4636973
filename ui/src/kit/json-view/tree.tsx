// The tree with its keys. Only rows in view are in the page, unless there are few.
import { useVirtualizer } from "@tanstack/react-virtual";
import clsx from "clsx";
import { useEffect, useId, useMemo, useRef, useState, type KeyboardEvent, type ReactElement } from "react";
import { copyText, toast } from "@/design";
import { useIsPrinting } from "../print";
import { JsonRow, type RowActions } from "./row";
import { pathOf, type Row, valueText } from "./rows";
import { ShowAll } from "./show-all";
import { canOpen, type Tree } from "./use-tree";

const ROW_PX = 24;
/** So many rows are simply there: they can be printed and found by the browser's own search. */
const FEW = 60;
const MOST_PRINTED = 2_000;

export interface JsonTreeProps {
  tree: Tree;
  label: string;
  match?: string;
  /** The root says nothing that the place does not say already. */
  hideRoot?: boolean;
  className?: string;
}

export function JsonTree({ tree, label, match, hideRoot, className }: JsonTreeProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const prefix = useId();
  const [whole, setWhole] = useState<Row | null>(null);
  const { current } = tree;
  const rows = useMemo(
    () => (hideRoot && tree.rows.length > 1 ? tree.rows.slice(1) : tree.rows),
    [tree.rows, hideRoot],
  );
  const isVirtual = rows.length > (useIsPrinting() ? MOST_PRINTED : FEW);
  // oxlint-disable-next-line react/incompatible-library
  const virtualizer = useVirtualizer({
    count: isVirtual ? rows.length : 0,
    getScrollElement: () => box.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    initialRect: { width: 600, height: 600 },
  });
  const at = rows.findIndex(({ id }) => id === current);
  useEffect(() => {
    if (at >= 0 && isVirtual && (match !== undefined || box.current?.contains(document.activeElement)))
      virtualizer.scrollToIndex(at, { align: current === match ? "center" : "auto" });
  }, [at, current, isVirtual, match, virtualizer]);
  const actions = useActions(tree, setWhole);
  const draw = (row: Row): ReactElement => (
    <JsonRow
      key={row.id}
      row={row}
      id={prefix + row.id}
      isCurrent={row.id === current}
      isMatch={row.id === match}
      shift={rows === tree.rows ? 0 : 1}
      {...actions}
    />
  );
  return (
    <>
      <div
        ref={box}
        role="tree"
        aria-label={label}
        tabIndex={0}
        aria-activedescendant={at >= 0 ? prefix + current : undefined}
        onKeyDown={(event) => onKey(event, rows, tree.setCurrent, Math.max(at, 0), actions)}
        className={clsx("focus-inset group/tree overflow-auto py-1", className)}
      >
        {isVirtual ? (
          <div role="presentation" className="relative w-full" style={{ height: virtualizer.getTotalSize() }}>
            {virtualizer.getVirtualItems().map((item) => (
              <div
                key={item.key}
                role="presentation"
                className="absolute inset-x-0 top-0"
                style={{ transform: `translateY(${item.start}px)` }}
              >
                {draw(rows[item.index] as Row)}
              </div>
            ))}
          </div>
        ) : (
          rows.map(draw)
        )}
      </div>
      {whole && <ShowAll row={whole} onClose={() => setWhole(null)} />}
    </>
  );
}

async function copy(text: string, what: string): Promise<void> {
  const done = await copyText(text);
  toast(done ? { title: `${what} copied` } : { title: "The browser did not allow copying", tone: "danger" });
}

function useActions({ setCurrent, toggle, unwrap }: Tree, showAll: (row: Row) => void): RowActions {
  return useMemo(
    () => ({
      toggle: (row, below) => toggle(row, { below }),
      select: (row) => setCurrent(row.id),
      unwrap,
      showAll,
      copyValue: (row) => void copy(valueText(row), "Value"),
      copyPath: (row) => void copy(pathOf(row), "Path"),
    }),
    [setCurrent, toggle, unwrap, showAll],
  );
}

function onKey(
  event: KeyboardEvent,
  rows: Row[],
  setCurrent: (id: string) => void,
  at: number,
  actions: RowActions,
): void {
  const row = rows[at];
  if (!row || event.ctrlKey || event.metaKey || event.target !== event.currentTarget) return;
  const go = (index: number): void => {
    const target = rows[Math.min(Math.max(index, 0), rows.length - 1)];
    if (target) setCurrent(target.id);
  };
  const keys: Record<string, () => void> = {
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at - 1),
    Home: () => go(0),
    End: () => go(rows.length - 1),
    PageDown: () => go(at + 15),
    PageUp: () => go(at - 15),
    ArrowRight: () => (canOpen(row) && !row.isOpen ? actions.toggle(row, event.shiftKey) : go(at + 1)),
    ArrowLeft: () =>
      row.isOpen && canOpen(row) ? actions.toggle(row, false) : row.parent && setCurrent(row.parent.id),
    Enter: () => (canOpen(row) ? actions.toggle(row, event.altKey) : actions.showAll(row)),
    " ": () => canOpen(row) && actions.toggle(row, event.altKey),
    c: () => actions.copyValue(row),
    p: () => actions.copyPath(row),
    u: () => row.kind === "string" && actions.unwrap(row),
  };
  const action = keys[event.key];
  if (!action) return;
  action();
  event.preventDefault();
  event.stopPropagation();
}
