// Every span in order of time, one line each: what happened when, without nesting. A line opens in place to what went in
// and what came out.
import clsx from "clsx";
import { memo, type ReactElement, type Ref, useCallback, useMemo, useState } from "react";

import { LevelBadge, TypeIcon } from "@/design";
import { formatMs } from "@/kit/format";

import type { Tall } from "./heights";
import { onTreeKey } from "./keys";
import { LogBody } from "./log-body";
import { usePrefetch } from "./prefetch";
import { chronological } from "./rows";
import { FoldHandle, InText } from "./span-label";
import { useViewer } from "./viewer-state";
import { LEVELS } from "./viewer-url";
import { type ListHandle, VirtualList } from "./virtual-list";

const ROW_HEIGHT = 28;
/** Until the body of an open line is there to be measured. */
const FIRST_HEIGHT = 96;

const STEPS: Record<string, number> = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10 };

export function Log({ ref }: { ref?: Ref<ListHandle> }): ReactElement {
  const viewer = useViewer();
  const { model, mask, selected, select, wish } = viewer;
  const nodes = useMemo(() => chronological(model, mask), [model, mask]);
  const lines = useMemo(() => {
    const at = new Int32Array(model.count).fill(-1);
    nodes.forEach((node, line) => (at[node] = line));
    return at;
  }, [model, nodes]);
  const lineOf = useCallback((id: string) => lines[model.indexOf.get(id) ?? -1] ?? -1, [model, lines]);
  const { open, toggle, measure } = useOpenLines();
  const tall = useMemo(
    (): Tall[] => [...open].map(([id, more]) => ({ row: lineOf(id), more })),
    [open, lineOf],
  );
  const active = selected < 0 ? -1 : lines[selected]!;
  const scroll = useMemo(
    () => (wish ? { row: lines[wish.node] ?? -1, align: wish.align, token: wish } : null),
    [wish, lines],
  );
  const activeId = active < 0 ? undefined : model.rows[nodes[active]!]!.id;
  // Up and down follow the time here, not the tree; left and right close and open the line.
  const onKeyDown = (event: React.KeyboardEvent) => {
    // What is open has keys of its own.
    if (event.target !== event.currentTarget) return;
    const isPlain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.shiftKey;
    const by = isPlain ? STEPS[event.key] : undefined;
    const isFold = isPlain && (event.key === "ArrowLeft" || event.key === "ArrowRight" || event.key === " ");
    if (by === undefined && !isFold) {
      if (onTreeKey(viewer, event)) event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    if (by !== undefined) {
      const next = Math.max(0, Math.min(active + by, nodes.length - 1));
      if (nodes.length > 0) select(nodes[next]!, { motion: true });
    } else if (
      activeId !== undefined &&
      (event.key === " " || open.has(activeId) === (event.key === "ArrowLeft"))
    )
      toggle(activeId);
  };
  return (
    <VirtualList
      ref={ref}
      role="treegrid"
      label="Spans by time"
      count={nodes.length}
      rowHeight={ROW_HEIGHT}
      tall={tall}
      active={active}
      wish={scroll}
      keyAt={(line) => model.rows[nodes[line]!]?.id}
      rowOf={lineOf}
      version={model}
      onKeyDown={onKeyDown}
    >
      {(line, id) => {
        const span = model.rows[nodes[line]!]!;
        return (
          <LogRow
            node={nodes[line]!}
            line={line}
            id={id}
            isOpen={open.has(span.id)}
            onToggle={toggle}
            onHeight={measure}
          />
        );
      }}
    </VirtualList>
  );
}

/** Ids of the open lines, with the pixels that the body of each needs. */
function useOpenLines() {
  const [open, setOpen] = useState<ReadonlyMap<string, number>>(new Map());
  const toggle = useCallback(
    (id: string) =>
      setOpen((before) => {
        const next = new Map(before);
        if (!next.delete(id)) next.set(id, FIRST_HEIGHT);
        return next;
      }),
    [],
  );
  const measure = useCallback(
    (id: string, height: number) =>
      setOpen((before) =>
        before.has(id) && height > 0 && Math.abs(before.get(id)! - height) >= 1
          ? new Map(before).set(id, height)
          : before,
      ),
    [],
  );
  return { open, toggle, measure };
}

interface LogRowProps {
  node: number;
  line: number;
  id: string;
  isOpen: boolean;
  onToggle: (id: string) => void;
  onHeight: (id: string, height: number) => void;
}

const LogRow = memo(function LogRow({
  node,
  line,
  id,
  isOpen,
  onToggle,
  onHeight,
}: LogRowProps): ReactElement {
  const { model, selected, select, hits, url } = useViewer();
  const prefetch = usePrefetch();
  const span = model.rows[node]!;
  const isSelected = node === selected;
  // The list has the focus and the keys; a line only answers to the pointer.
  const row = {
    id,
    role: "row",
    "aria-level": 1,
    "aria-rowindex": line + 1,
    "aria-selected": isSelected,
    "aria-expanded": isOpen,
  };
  const cell = {
    role: "gridcell",
    onClick: () => select(node, { motion: true }),
    onDoubleClick: () => onToggle(span.id),
    onPointerEnter: () => prefetch.hover(span.id),
    onPointerLeave: () => prefetch.leave(),
  };
  return (
    <div {...row} className={clsx(isOpen && "border-b border-line")}>
      <div
        {...cell}
        className={clsx(
          "flex h-7 items-center gap-2 pr-2 select-none",
          isSelected ? "bg-sel" : "hover:bg-s2",
          isSelected &&
            "group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-focus",
        )}
      >
        <FoldHandle state={isOpen ? 1 : 2} onToggle={() => onToggle(span.id)} />
        <span className="tabular w-17 shrink-0 text-right text-table text-3">
          +{formatMs(model.start[node]! / 1000)}
        </span>
        <TypeIcon type={span.type} />
        <span
          className={clsx(
            "truncate",
            span.level === 3 && "text-danger",
            url.find !== "" && hits.named.has(node) && "rounded-control bg-mark",
          )}
          title={span.name}
        >
          {span.name || "(no name)"}
        </span>
        <LevelBadge level={LEVELS[span.level]} compact />
        {hits.inTexts.has(node) && <InText />}
        <span className="min-w-0 flex-1 truncate text-table text-3">{span.model}</span>
        <span className="tabular shrink-0 text-right text-table text-2">
          {span.duration >= 0 && span.type !== "EVENT" ? formatMs(span.duration / 1000) : ""}
        </span>
      </div>
      {isOpen && <LogBody spanId={span.id} onHeight={onHeight} />}
    </div>
  );
});
