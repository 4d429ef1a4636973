// The same rows as the tree, with their bars in time. Wide: names left, bars right. Narrow: the name above its bar.
import clsx from "clsx";
import { memo, type ReactElement, type Ref, useMemo, useRef } from "react";

import { useWidth } from "@/kit/chart/use-size";

import { Axis, Bands } from "./axis";
import { type Lane, SpanBar } from "./bar";
import { criticalPath, type Section } from "./critical-path";
import { fitSpan } from "./layout";
import { MoreRow } from "./more-row";
import { depthCap } from "./rows";
import { SpanLabel } from "./span-label";
import { useLaneGestures } from "./use-lane-gestures";
import { useRowProps } from "./use-row-props";
import { useTreeList } from "./use-tree-list";
import { useViewer } from "./viewer-state";
import { type ListHandle, VirtualList } from "./virtual-list";

const ROW_HEIGHT = 28;
const STACKED_HEIGHT = 38;
const STACKED_BELOW = 480;
/** Air at both ends of a lane, so that bars and labels do not touch the edge. */
const PAD = 10;

export function Timeline({ ref }: { ref?: Ref<ListHandle> }): ReactElement {
  const viewer = useViewer();
  const { model, rows, view, taste, scaleFor } = viewer;
  const scroller = useRef<HTMLDivElement>(null);
  const width = useWidth(scroller);
  // Not before it is measured: rows of another height would send the way to the selected one astray.
  const stacked = width > 0 && width < STACKED_BELOW;
  const names = stacked ? 0 : Math.round(Math.min(320, Math.max(170, width * 0.38)));
  const laneWidth = Math.max(0, width - names - 2 * PAD);
  const scale = useMemo(() => scaleFor(laneWidth), [scaleFor, laneWidth]);
  const sections = useMemo(
    () => (taste.critical ? byNode(criticalPath(model)) : new Map()),
    [taste.critical, model],
  );
  const lane: Lane = useMemo(
    () => ({ width: laneWidth, view, scale, sections }),
    [laneWidth, view, scale, sections],
  );
  const list = useTreeList();
  useLaneGestures(scroller, lane, names + PAD);
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <Axis lane={lane} left={names + PAD} />
      <div className="relative flex min-h-0 flex-1 flex-col">
        <Bands lane={lane} left={names + PAD} />
        <VirtualList
          {...list}
          ref={ref}
          scroller={scroller}
          role="tree"
          label="Spans in time"
          rowHeight={stacked ? STACKED_HEIGHT : ROW_HEIGHT}
        >
          {(row, id) =>
            rows.more[row] ? (
              <MoreRow row={row} id={id} cap={depthCap(stacked ? lane.width : names)} />
            ) : (
              <TimelineRow row={row} id={id} lane={lane} names={names} stacked={stacked} />
            )
          }
        </VirtualList>
      </div>
    </div>
  );
}

function byNode(path: Section[]): Map<number, Section[]> {
  const sections = new Map<number, Section[]>();
  for (const section of path) {
    const known = sections.get(section.node);
    if (known) known.push(section);
    else sections.set(section.node, [section]);
  }
  return sections;
}

interface RowProps {
  row: number;
  id: string;
  lane: Lane;
  names: number;
  stacked: boolean;
}

const TimelineRow = memo(function TimelineRow({ row, id, lane, names, stacked }: RowProps): ReactElement {
  const { model, rows, setView } = useViewer();
  const { className, ...props } = useRowProps(row, id);
  const node = rows.node[row]!;
  return (
    <div {...props} className={clsx(className, stacked && "flex-col items-stretch gap-0!", "gap-0!")}>
      <span
        className={clsx("flex min-w-0", stacked ? "h-5.5" : "h-full")}
        style={stacked ? undefined : { width: names - 4 }}
      >
        <SpanLabel row={row} cap={depthCap(stacked ? lane.width : names)} />
      </span>
      <span
        className={clsx("relative block shrink-0", stacked ? "h-4" : "h-full")}
        style={{ width: lane.width, marginLeft: stacked ? PAD - 4 : PAD }}
        onDoubleClick={(event) => {
          event.stopPropagation();
          setView(fitSpan(model.start[node]!, model.maxEnd[node]! - model.start[node]!, model.end));
        }}
      >
        <SpanBar row={row} lane={lane} />
      </span>
    </div>
  );
});
