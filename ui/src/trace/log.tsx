// Every span in order of time, one line each: what happened when, without nesting.
import clsx from "clsx";
import { memo, type ReactElement, type Ref, useCallback, useMemo } from "react";

import { LevelBadge, TypeIcon } from "@/design";
import { formatMs } from "@/kit/format";

import { onTreeKey } from "./keys";
import { usePrefetch } from "./prefetch";
import { chronological } from "./rows";
import { useViewer } from "./viewer-state";
import { LEVELS } from "./viewer-url";
import { type ListHandle, VirtualList } from "./virtual-list";

const ROW_HEIGHT = 28;

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
  const active = selected < 0 ? -1 : lines[selected]!;
  const scroll = useMemo(
    () => (wish ? { row: lines[wish.node] ?? -1, align: wish.align, token: wish } : null),
    [wish, lines],
  );
  // Up and down follow the time here, not the tree.
  const onKeyDown = (event: React.KeyboardEvent) => {
    const by = { ArrowDown: 1, j: 1, ArrowUp: -1, k: -1, PageDown: 10, PageUp: -10 }[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) {
      if (onTreeKey(viewer, event)) event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
    const next = Math.max(0, Math.min(active + by, nodes.length - 1));
    if (nodes.length > 0) select(nodes[next]!, { motion: true });
  };
  return (
    <VirtualList
      ref={ref}
      role="listbox"
      label="Spans by time"
      count={nodes.length}
      rowHeight={ROW_HEIGHT}
      active={active}
      wish={scroll}
      keyAt={(line) => model.rows[nodes[line]!]?.id}
      rowOf={lineOf}
      version={model}
      onKeyDown={onKeyDown}
    >
      {(line, id) => <LogRow node={nodes[line]!} id={id} />}
    </VirtualList>
  );
}

const LogRow = memo(function LogRow({ node, id }: { node: number; id: string }): ReactElement {
  const { model, selected, select, isHit, url } = useViewer();
  const prefetch = usePrefetch();
  const span = model.rows[node]!;
  const isSelected = node === selected;
  // The list has the focus and the keys; a row only answers to the pointer.
  const props = {
    id,
    role: "option",
    "aria-selected": isSelected,
    onClick: () => select(node, { motion: true }),
    onPointerEnter: () => prefetch.hover(span.id),
    onPointerLeave: () => prefetch.leave(),
  };
  return (
    <div
      {...props}
      className={clsx(
        "flex h-full items-center gap-2 px-2 select-none",
        isSelected ? "bg-sel" : "hover:bg-s2",
        isSelected &&
          "group-focus-visible/list:outline-2 group-focus-visible/list:-outline-offset-2 group-focus-visible/list:outline-focus",
      )}
    >
      <span className="tabular w-17 shrink-0 text-right text-table text-3">
        +{formatMs(model.start[node]! / 1000)}
      </span>
      <TypeIcon type={span.type} />
      <span
        className={clsx(
          "truncate",
          span.level === 3 && "text-danger",
          url.find !== "" && isHit.has(node) && "rounded-control bg-mark",
        )}
        title={span.name}
      >
        {span.name || "(no name)"}
      </span>
      <LevelBadge level={LEVELS[span.level]} compact />
      <span className="min-w-0 flex-1 truncate text-table text-3">{span.model}</span>
      <span className="tabular shrink-0 text-right text-table text-2">
        {span.duration >= 0 && span.type !== "EVENT" ? formatMs(span.duration / 1000) : ""}
      </span>
    </div>
  );
});
