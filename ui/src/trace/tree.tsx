// The tree of spans: one row a span, with what it cost at the right.
import clsx from "clsx";
import { MessageSquare, Star } from "lucide-react";
import { memo, type ReactElement, type Ref, useRef } from "react";

import { useWidth } from "@/kit/chart/use-size";
import { formatCost, formatMs, formatTokenPair, formatTokens, MISSING } from "@/kit/format";

import { MoreRow } from "./more-row";
import { depthCap, groupOf } from "./rows";
import { FLAG } from "./skeleton";
import { SpanLabel } from "./span-label";
import { useRowProps } from "./use-row-props";
import { useViewer, type Viewer } from "./viewer-state";
import { type ListHandle, VirtualList } from "./virtual-list";
import { useTreeList } from "./use-tree-list";

const ROW_HEIGHT = 28;

export function Tree({ ref }: { ref?: Ref<ListHandle> }): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const list = useTreeList();
  const { rows } = useViewer();
  return (
    <div ref={box} className="flex min-h-0 flex-1 flex-col">
      <VirtualList {...list} ref={ref} role="tree" label="Spans" rowHeight={ROW_HEIGHT}>
        {(row, id) =>
          rows.more[row] ? (
            <MoreRow row={row} id={id} cap={depthCap(width)} />
          ) : (
            <TreeRow row={row} id={id} cap={depthCap(width)} narrow={width < 380} />
          )
        }
      </VirtualList>
    </div>
  );
}

const TreeRow = memo(function TreeRow({
  row,
  id,
  cap,
  narrow,
}: {
  row: number;
  id: string;
  cap: number;
  narrow: boolean;
}): ReactElement {
  const viewer = useViewer();
  const { taste } = viewer;
  const { className, ...props } = useRowProps(row, id);
  return (
    <div {...props} className={clsx(className, "pr-2")}>
      <SpanLabel row={row} cap={cap} />
      {taste.marks && <Marks viewer={viewer} row={row} />}
      {taste.tokens && !narrow && <Tokens viewer={viewer} row={row} />}
      {taste.cost && <Cell viewer={viewer} row={row} kind="cost" />}
      {taste.duration && <Cell viewer={viewer} row={row} kind="duration" />}
    </div>
  );
});

function Marks({ viewer, row }: { viewer: Viewer; row: number }): ReactElement | null {
  const flags = viewer.model.rows[viewer.rows.node[row]!]!.flags;
  if (!(flags & (FLAG.scores | FLAG.comments))) return null;
  return (
    <span className="flex shrink-0 items-center gap-1 text-3">
      {(flags & FLAG.scores) !== 0 && <Mark icon={Star} text="Has scores" />}
      {(flags & FLAG.comments) !== 0 && <Mark icon={MessageSquare} text="Has comments" />}
    </span>
  );
}

function Mark({ icon: Icon, text }: { icon: typeof Star; text: string }): ReactElement {
  return (
    <span role="img" aria-label={text} title={text} className="inline-flex">
      <Icon size={12} aria-hidden />
    </span>
  );
}

function Tokens({ viewer, row }: { viewer: Viewer; row: number }): ReactElement {
  const { model, rows } = viewer;
  const node = rows.node[row]!;
  const span = model.rows[node]!;
  const pair = span.tokensIn + span.tokensOut > 0;
  const text = pair ? formatTokenPair(span.tokensIn, span.tokensOut) : formatTokens(model.sumTokens[node]);
  const none = !pair && model.sumTokens[node] === 0;
  return (
    <span
      className="tabular w-24 shrink-0 truncate text-right text-table text-3"
      title={none ? undefined : `${text} tokens`}
    >
      {none ? "" : text}
    </span>
  );
}

const HEAT = ["", "bg-heat-1", "bg-heat-2", "bg-heat-3"];

/** Share of the parent in four steps. */
function heat(part: number, whole: number): string {
  if (!(whole > 0) || !(part > 0)) return "";
  return HEAT[Math.min(3, Math.floor((part / whole) * 4))]!;
}

function Cell({
  viewer,
  row,
  kind,
}: {
  viewer: Viewer;
  row: number;
  kind: "cost" | "duration";
}): ReactElement {
  const { model, rows, taste } = viewer;
  const node = rows.node[row]!;
  const above = model.parent[node]!;
  const value = kind === "cost" ? costOf(viewer, row) : durationOf(viewer, row);
  const whole = above < 0 ? 0 : kind === "cost" ? model.sumCost[above]! : model.duration[above]!;
  return (
    <span
      className={clsx(
        "tabular shrink-0 rounded-control px-1 text-right text-table whitespace-nowrap",
        kind === "cost" ? "min-w-17 text-3" : "w-16 text-2",
        taste.heat === kind && heat(value.amount, whole),
      )}
      title={value.title}
    >
      {value.text}
    </span>
  );
}

function costOf({ model, rows, mask }: Viewer, row: number) {
  const node = rows.node[row]!;
  const amount = rows.repeat[row] ? groupOf(model, mask, node).cost : model.sumCost[node]!;
  // An empty cell says nothing, to a screen reader either.
  if (Number.isNaN(amount)) return { amount, text: "", title: undefined };
  const title = model.size[node]! > 1 || rows.repeat[row] ? "Cost with everything inside" : "Cost";
  return { amount, text: formatCost(amount), title };
}

function durationOf({ model, rows, mask }: Viewer, row: number) {
  const node = rows.node[row]!;
  if (rows.repeat[row]) {
    const total = groupOf(model, mask, node).duration;
    return { amount: total, text: formatMs(total / 1000), title: "Sum of the group" };
  }
  const amount = model.duration[node]!;
  const event = model.rows[node]!.type === "EVENT";
  if (event) return { amount, text: "", title: undefined };
  if (amount >= 0) return { amount, text: formatMs(amount / 1000), title: "Duration" };
  return { amount, text: MISSING, title: "No end yet" };
}
