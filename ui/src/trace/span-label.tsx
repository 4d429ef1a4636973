// What tree and timeline rows begin with: indent, fold handle, type, name, and what is wrong with the span.
import clsx from "clsx";
import { ChevronDown, ChevronRight, Clock, CornerDownRight, Repeat2, TextSearch, Unlink } from "lucide-react";
import type { ReactElement, ReactNode } from "react";

import { LevelBadge, TypeIcon } from "@/design";
import { formatCount } from "@/kit/format";

import { hasMark, MARK } from "./model";
import { groupOf } from "./rows";
import { LEVELS } from "./viewer-url";
import { useViewer } from "./viewer-state";

const INDENT_REM = 0.875;

export function SpanLabel({
  row,
  cap,
  children,
}: {
  row: number;
  cap: number;
  children?: ReactNode;
}): ReactElement {
  const { model, rows, mask, hits, url, toggleRow } = useViewer();
  const node = rows.node[row]!;
  const span = model.rows[node]!;
  const depth = rows.depth[row]!;
  const state = rows.state[row]!;
  const repeat = rows.repeat[row]!;
  const missing = hasMark(model, node, MARK.missingParent);
  // A closed row speaks for what it hides.
  const worst = repeat ? groupOf(model, mask, node).worst : model.worst[node]!;
  const level = LEVELS[state === 2 ? worst : span.level];
  return (
    <span
      className="flex h-full min-w-0 flex-1 items-center gap-1"
      style={{ paddingLeft: `${Math.min(depth, cap) * INDENT_REM}rem` }}
    >
      {depth > cap && (
        <span className="tabular shrink-0 text-caption text-3" title={`Level ${depth + 1}`}>
          {depth + 1}
        </span>
      )}
      <FoldHandle state={state} onToggle={() => toggleRow(row)} />
      {missing ? (
        <Unlink size={14} aria-hidden className="shrink-0 text-warn" />
      ) : (
        <TypeIcon type={span.type} />
      )}
      <span
        className={clsx(
          "truncate",
          url.find !== "" && hits.named.has(node) && "rounded-control bg-mark px-0.5",
          missing && "text-2 italic",
          span.level === 0 && "text-3",
          span.level === 3 && "text-danger",
        )}
        title={span.name}
      >
        {span.name || "(no name)"}
      </span>
      {repeat > 0 && (
        <span className="tabular inline-flex shrink-0 items-center gap-0.5 text-table text-2">
          <Repeat2 size={12} aria-hidden />×{repeat}
        </span>
      )}
      {state === 2 && repeat === 0 && (
        <span className="tabular shrink-0 text-caption text-3" title="Spans inside">
          {formatCount(model.size[node]! - 1 + model.unread[node]!)}
        </span>
      )}
      {!missing && <LevelBadge level={level} compact />}
      <SpanMarks node={node} />
      {hits.inTexts.has(node) && <InText />}
      {children}
    </span>
  );
}

const IN_TEXT = "The text is in its input or output";

export function InText(): ReactElement {
  return (
    <span
      role="img"
      aria-label={IN_TEXT}
      title={IN_TEXT}
      className="inline-flex shrink-0 rounded-control bg-mark p-0.5"
    >
      <TextSearch size={12} aria-hidden />
    </span>
  );
}

export function FoldHandle({ state, onToggle }: { state: number; onToggle: () => void }): ReactElement {
  const Icon = state === 2 ? ChevronRight : ChevronDown;
  // Not a button: the arrow keys of the tree do the same, and a tree row must not hold focusable parts.
  return (
    <span
      aria-hidden
      onClick={(event) => {
        if (state === 0) return;
        event.stopPropagation();
        onToggle();
      }}
      className={clsx(
        "flex size-6 shrink-0 items-center justify-center rounded-control text-3",
        state && "hover:bg-s2 hover:text-1",
      )}
    >
      {state !== 0 && <Icon size={14} />}
    </span>
  );
}

const NOTES = [
  { mark: MARK.skewed, icon: Clock, text: "Starts before its parent: the clocks of two machines differ" },
  { mark: MARK.cycle, icon: Repeat2, text: "Its parents formed a circle, which was cut here" },
  { mark: MARK.orphan, icon: Unlink, text: "Its parent span has not arrived" },
  { mark: MARK.late, icon: CornerDownRight, text: "Ends after its parent: nobody waited for it" },
] as const;

function SpanMarks({ node }: { node: number }): ReactElement | null {
  const { model } = useViewer();
  const note = NOTES.find(({ mark }) => hasMark(model, node, mark));
  if (!note) return null;
  const Icon = note.icon;
  return (
    <span role="img" aria-label={note.text} title={note.text} className="inline-flex shrink-0 text-3">
      <Icon size={12} aria-hidden />
    </span>
  );
}
