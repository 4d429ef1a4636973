// A chart over time: a figure with a summary in words, a crosshair that the mouse and the arrow keys move, a legend,
// and the same data as a table. What is drawn was decided by prepare.ts.
import { useId, useLayoutEffect, useMemo, useRef, useState, type ReactElement } from "react";
import { ChartTable } from "./chart-table";
import { dashOf, type ColourBook } from "./colours";
import { Legend } from "./legend";
import { makePlot, type Plot } from "./plot";
import { stack, type Prepared } from "./prepare";
import { HEIGHT, type TimeChartProps } from "./props";
import { sayBucket, summarize } from "./summary";
import { ChartTip } from "./tip";
import { useCrosshairOf } from "./use-crosshair";
import { useThemeVersion } from "./use-theme";
import { useWidth } from "./use-size";
import { timeWords } from "./words";

export function TimeChart(props: TimeChartProps): ReactElement {
  const { prepared, book, zone, value } = props;
  const summaryId = useId();
  const words = useMemo(() => ({ value, ...timeWords(prepared, zone) }), [prepared, zone, value]);
  const look = useMemo(() => {
    const colours = book.all(prepared.series.map(({ name }) => name));
    return { colours, dashes: colours.map((_, place) => dashOf(place, colours.length)) };
  }, [prepared, book]);
  return (
    <figure className="min-w-0" aria-label={props.title} aria-describedby={summaryId}>
      <figcaption id={summaryId} className="sr-only">
        {summarize(prepared, words)}
      </figcaption>
      {props.asTable ? (
        <ChartTable {...props} words={words} />
      ) : (
        <Canvas {...props} look={look} words={words} />
      )}
      <Legend
        prepared={prepared}
        look={look}
        isLine={props.kind === "line"}
        words={words}
        hrefOf={props.hrefOfSeries}
      />
    </figure>
  );
}

type CanvasProps = TimeChartProps & {
  look: { colours: ReturnType<ColourBook["all"]>; dashes: (readonly number[])[] };
  words: ReturnType<typeof timeWords> & { value: (value: number) => string };
};

function Canvas(props: CanvasProps): ReactElement {
  const { title, prepared, kind, look, words, height = HEIGHT, zone, hrefOf, onGo } = props;
  const host = useRef<HTMLDivElement>(null);
  const width = useWidth(host);
  const theme = useThemeVersion();
  const [plot, setPlot] = useState<Plot | null>(null);
  const { place, isMine, point, leave } = useCrosshairOf(props.syncKey, prepared);

  useLayoutEffect(() => {
    if (!host.current || width === 0) return setPlot(null);
    const options = {
      prepared,
      kind,
      look,
      width,
      height,
      zone,
      value: words.value,
      tick: words.tick,
      theme,
    };
    const made = makePlot(host.current, options);
    setPlot(made);
    return () => made.destroy();
  }, [prepared, kind, look, width, height, zone, words, theme]);

  const last = prepared.times.length - 1;
  const go = (at: number, name: string | null) => {
    const href = at < 0 ? undefined : hrefOf?.(at, name);
    if (href) onGo?.(href);
  };
  const keys: Record<string, () => void> = {
    ArrowLeft: () => point(place < 0 ? last : Math.max(place - 1, 0)),
    ArrowRight: () => point(place < 0 ? 0 : Math.min(place + 1, last)),
    Home: () => point(0),
    End: () => point(last),
    Enter: () => go(place, null),
    Escape: leave,
  };
  return (
    <div className="relative" style={{ height }}>
      <div
        ref={host}
        className={hrefOf && onGo && isMine ? "focus-inset h-full cursor-pointer" : "focus-inset h-full"}
        role="slider"
        tabIndex={0}
        aria-label={`${title}: bucket`}
        aria-valuemin={0}
        aria-valuemax={Math.max(last, 0)}
        aria-valuenow={Math.max(place, 0)}
        aria-valuetext={
          place < 0 ? "No bucket chosen. Arrow keys move, Enter opens." : sayBucket(prepared, place, words)
        }
        onKeyDown={(event) => {
          const act = event.altKey || event.ctrlKey || event.metaKey ? undefined : keys[event.key];
          if (!act || (event.key === "Escape" && place < 0)) return;
          event.preventDefault();
          event.stopPropagation();
          act();
        }}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const at = plot?.at(event.clientX - box.left, event.clientY - box.top).place ?? -1;
          if (at < 0) leave();
          else point(at);
        }}
        onPointerLeave={leave}
        onBlur={leave}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const found = plot?.at(event.clientX - box.left, event.clientY - box.top);
          if (found) go(found.place, kind === "bars" ? seriesAt(prepared, found.place, found.value) : null);
        }}
      />
      {plot && place >= 0 && <Line plot={plot} place={place} />}
      {plot && place >= 0 && isMine && (
        <ChartTip
          prepared={prepared}
          place={place}
          look={look}
          words={words}
          left={plot.leftOf(place)}
          width={width}
        />
      )}
    </div>
  );
}

/** The crosshair. */
function Line({ plot, place }: { plot: Plot; place: number }): ReactElement {
  const { top, height } = plot.box();
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute border-l border-strong"
      style={{ left: Math.round(plot.leftOf(place)), top, height }}
    />
  );
}

/** The series of a stacked bar at a height; null beside and above it. */
function seriesAt(prepared: Prepared, place: number, value: number): string | null {
  const found = stack(prepared.series).findIndex(
    ({ lower, upper }) => (lower[place] ?? 0) <= value && value < (upper[place] ?? 0),
  );
  return prepared.series[found]?.name ?? null;
}
