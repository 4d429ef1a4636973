// The time axis above the lanes, its lines through them, and the idle stretches that are drawn short.
import type { ReactElement } from "react";

import { Button } from "@/design";
import { formatMs, formatShare } from "@/kit/format";

import type { Lane } from "./bar";
import { barOf, ticksOf } from "./layout";
import { textWidth } from "./measure";
import { useViewer } from "./viewer-state";

export function Axis({ lane, left }: { lane: Lane; left: number }): ReactElement {
  const { view, model, setView, url } = useViewer();
  const ticks = ticksOf(view, lane.width, lane.scale);
  return (
    <div className="relative h-7 shrink-0 overflow-hidden border-b border-line text-table text-3">
      {url.zoom && left > 100 ? (
        <span className="absolute inset-y-0 left-2 flex items-center">
          <Button size="compact" variant="quiet" onPress={() => setView(null)}>
            Show all {formatMs(model.end / 1000)}
          </Button>
        </span>
      ) : (
        <IdleOffer left={left} />
      )}
      {ticks.map(({ time, x }) => {
        const text = formatMs(time / 1000);
        const room = lane.width - x;
        return (
          <span
            key={time}
            className="tabular absolute top-1.5 whitespace-nowrap"
            style={{
              left: left + Math.max(0, Math.min(x - textWidth(text) / 2, x + room - textWidth(text))),
            }}
          >
            {text}
          </span>
        );
      })}
    </div>
  );
}

/** Less idle time than this share is no reason to bend the scale. */
const WORTH_IT = 0.25;

/** Says that much of the trace is waiting, and offers to draw that short; never does so by itself. */
function IdleOffer({ left }: { left: number }): ReactElement | null {
  const { model, stretches, taste, setTaste } = useViewer();
  const idle = stretches.reduce((sum, one) => sum + one.to - one.from, 0) / Math.max(model.end, 1);
  if (stretches.length === 0 || left < 100 || (idle < WORTH_IT && !taste.compress)) return null;
  return (
    <span className="absolute inset-y-0 left-2 flex items-center">
      <Button size="compact" variant="quiet" onPress={() => setTaste({ compress: !taste.compress })}>
        {taste.compress ? "Idle time is short · true scale" : `${formatShare(idle)} idle · compress`}
      </Button>
    </span>
  );
}

export function Bands({ lane, left }: { lane: Lane; left: number }): ReactElement {
  const ticks = ticksOf(lane.view, lane.width, lane.scale);
  return (
    <div aria-hidden className="pointer-events-none absolute inset-0 overflow-hidden">
      {ticks.map(({ time, x }) => (
        <span
          key={time}
          className="absolute inset-y-0 border-l border-line opacity-60"
          style={{ left: left + x }}
        />
      ))}
      {lane.scale.bands.map(({ from, to }) => {
        const bar = barOf(from, to - from, lane.view, lane.width, lane.scale);
        if (!bar.inside) return null;
        return (
          <span
            key={from}
            title={`${formatMs((to - from) / 1000)} idle`}
            className="absolute inset-y-0 flex items-center justify-center border-x border-dashed border-strong bg-s2 text-caption text-3"
            style={{ left: left + bar.left, width: bar.width }}
          >
            <span className="rotate-90 whitespace-nowrap">{formatMs((to - from) / 1000)} idle</span>
          </span>
        );
      })}
    </div>
  );
}
