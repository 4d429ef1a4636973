// The bar of a span in its lane, with everything that is said about its time.
import clsx from "clsx";
import type { ReactElement } from "react";

import { typeLook } from "@/design";
import { formatMs } from "@/kit/format";

import type { Section } from "./critical-path";
import { barOf, placeLabel, type Scale, type View, xOf } from "./layout";
import { textWidth } from "./measure";
import { hasMark, MARK } from "./model";
import { groupOf } from "./rows";
import { useViewer, type Viewer } from "./viewer-state";

const HATCH = "repeating-linear-gradient(135deg, transparent 0 3px, var(--bg) 3px 5px)";
const STRIPES = "repeating-linear-gradient(90deg, transparent 0 4px, var(--bg) 4px 6px)";

const EDGE = "inset 0 0 0 1px color-mix(in srgb, var(--text) 25%, transparent)";

export interface Lane {
  width: number;
  view: View;
  scale: Scale;
  sections: ReadonlyMap<number, Section[]>;
}

function times({ model, rows, mask }: Viewer, row: number) {
  const node = rows.node[row]!;
  const start = model.start[node]!;
  if (rows.repeat[row]) return { node, start, duration: groupOf(model, mask, node).end - start };
  // A span without an end goes on as long as what is inside of it.
  const inner = model.maxEnd[node]! - start;
  const duration = model.duration[node]!;
  return { node, start, duration: duration < 0 && inner > 0 ? inner : duration };
}

export function SpanBar({ row, lane }: { row: number; lane: Lane }): ReactElement {
  const viewer = useViewer();
  const { model, rows, taste } = viewer;
  const { node, start, duration } = times(viewer, row);
  const { view, scale, width } = lane;
  const bar = barOf(start, duration, view, width, scale);
  const span = model.rows[node]!;
  const open = model.duration[node]! < 0 && span.type !== "EVENT" && !rows.repeat[row];
  const odd = hasMark(model, node, MARK.skewed | MARK.late) || rows.repeat[row]! > 0;
  const text = open ? "running" : span.type === "EVENT" ? "" : formatMs(duration / 1000);
  const label = placeLabel(bar, textWidth(text), width);
  const look = typeLook(span.type);
  if (!bar.inside) return <Elsewhere left={bar.left === 0} />;
  return (
    <>
      <span
        className={clsx(
          "absolute top-1/2 h-3.5 -translate-y-1/2 rounded-control",
          look.fill,
          open && "border border-dashed border-strong",
        )}
        style={{
          left: bar.left,
          width: bar.width,
          opacity: 0.85,
          boxShadow: EDGE,
          backgroundImage: odd ? HATCH : undefined,
        }}
      />
      {open && bar.width > 12 && (
        <span
          className="absolute top-1/2 h-3.5 w-3 -translate-y-1/2 animate-pulse"
          style={{ left: bar.left + bar.width - 12, backgroundImage: STRIPES }}
        />
      )}
      {span.level === 3 && (
        <span
          className="absolute top-1/2 h-4.5 w-0.75 -translate-y-1/2 rounded-control bg-danger"
          style={{ left: Math.max(0, bar.left - 1) }}
        />
      )}
      {span.ttft >= 0 && !bar.cutLeft && (
        <FirstToken at={start + span.ttft} lane={lane} ms={span.ttft / 1000} />
      )}
      {taste.critical && <Critical sections={lane.sections.get(node)} lane={lane} />}
      {label.place !== "none" && text !== "" && (
        <span
          className={clsx(
            "tabular pointer-events-none absolute top-1/2 -translate-y-1/2 text-table whitespace-nowrap",
            label.place === "inside" ? "rounded-control bg-bg px-0.5 text-1" : "text-2",
          )}
          style={{ left: label.x }}
        >
          {text}
        </span>
      )}
    </>
  );
}

/** The span lies before or after what is in view. */
function Elsewhere({ left }: { left: boolean }): ReactElement {
  return (
    <span
      aria-hidden
      className={clsx("absolute top-1/2 -translate-y-1/2 text-caption text-3", left ? "left-0" : "right-0")}
    >
      {left ? "\u2039" : "\u203a"}
    </span>
  );
}

function FirstToken({ at, ms, lane }: { at: number; ms: number; lane: Lane }): ReactElement | null {
  const x = xOf(at, lane.view, lane.width, lane.scale);
  if (x < 0 || x > lane.width) return null;
  return (
    <span
      title={`First token after ${formatMs(ms)}`}
      className="absolute top-1/2 h-3.5 w-0.5 -translate-y-1/2 bg-bg"
      style={{ left: x }}
    />
  );
}

function Critical({ sections, lane }: { sections: Section[] | undefined; lane: Lane }): ReactElement | null {
  if (!sections) return null;
  return (
    <>
      {sections.map(({ from, to }) => {
        const bar = barOf(from, to - from, lane.view, lane.width, lane.scale);
        if (!bar.inside) return null;
        return (
          <span
            key={from}
            className="absolute bottom-0.5 h-0.5 bg-1"
            style={{ left: bar.left, width: bar.width }}
          />
        );
      })}
    </>
  );
}
