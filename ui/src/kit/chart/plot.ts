// The only place that knows uPlot: scales, axes, grid and the crosshair. Marks are painted by paint.ts.
import uPlot from "uplot";
import "uplot/dist/uPlot.min.css";
import { bucketAt, boundsOf } from "./buckets";
import type { Colour } from "./colours";
import { paint, type Kind, type Look } from "./paint";
import { greatest, type Prepared } from "./prepare";

export type PlotOptions = {
  prepared: Prepared;
  kind: Kind;
  look: Look;
  width: number;
  height: number;
  /** A value on the axis. */
  value: (value: number) => string;
  /** An instant on the axis; `step` is the distance of two. */
  tick: (at: number, step: number) => string;
  zone: string;
  /** Which colours the page has: a canvas keeps those that it was painted with. */
  theme: number;
};

/** Positions are CSS pixels from the upper left corner of the chart. */
export type Plot = {
  resize: (width: number, height: number) => void;
  /** The bucket at a position, and the value there; a place of -1 is outside of the plot. */
  at: (left: number, top: number) => { place: number; value: number };
  /** The middle of a bucket. */
  leftOf: (place: number) => number;
  box: () => { left: number; top: number; width: number; height: number };
  destroy: () => void;
};

const AXIS_FONT = 11;

export function makePlot(host: HTMLElement, options: PlotOptions): Plot {
  const colour = readColours(host);
  const { prepared } = options;
  const middle = (place: number) => {
    const [from, to] = boundsOf(prepared, place);
    return (from + to) / 2;
  };
  const chart = new uPlot(
    {
      width: options.width,
      height: options.height,
      ms: 1,
      legend: { show: false },
      padding: [8, 8, 0, 0],
      tzDate: (at) => uPlot.tzDate(new Date(at), options.zone),
      scales: {
        x: { time: true, range: [prepared.times[0] ?? 0, prepared.until] },
        y: { range: heights(options) },
      },
      axes: axes(options, colour, fontOf(host)),
      // Only a hidden series stands for the data: paint() draws from what was prepared.
      series: [{}, { show: true, paths: () => null, points: { show: false } }],
      // The crosshair is the component's: it is shared with other charts and moved by the keyboard too.
      cursor: { show: false },
      hooks: {
        draw: [
          (plot) =>
            paint(options.kind, prepared, options.look, {
              context: plot.ctx,
              x: (at) => plot.valToPos(at, "x", true),
              y: (value) => plot.valToPos(value, "y", true),
              ratio: uPlot.pxRatio,
              colour,
            }),
        ],
      },
    },
    [prepared.times.map((_, place) => middle(place)), prepared.times.map(() => 0)],
    host,
  );
  const box = () => {
    const { left, top, width, height } = chart.bbox;
    const ratio = uPlot.pxRatio;
    return { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
  };
  return {
    resize: (width, height) => chart.setSize({ width, height }),
    at: (left, top) => {
      const { left: start, top: above, width } = box();
      const isInside = left >= start && left <= start + width;
      return {
        place: isInside ? bucketAt(prepared, chart.posToVal(left - start, "x")) : -1,
        value: chart.posToVal(top - above, "y"),
      };
    },
    leftOf: (place) => box().left + chart.valToPos(middle(place), "x"),
    box,
    destroy: () => chart.destroy(),
  };
}

/** From 0, so that bars are true; an axis without data still has a height. */
function heights({ prepared, kind }: PlotOptions): [number, number] {
  const top = greatest(prepared, kind !== "line");
  return [0, top > 0 ? top * 1.06 : 1];
}

function axes(options: PlotOptions, colour: (name: string) => string, family: string): uPlot.Axis[] {
  const line = { stroke: colour("line"), width: 1 };
  const text = { stroke: colour("text-3"), font: `${AXIS_FONT}px ${family}` };
  return [
    {
      ...text,
      size: 24,
      gap: 4,
      space: 72,
      grid: { show: false },
      ticks: { ...line, size: 4 },
      values: (_, splits) => splits.map((at) => options.tick(at, (splits[1] ?? at) - (splits[0] ?? at))),
    },
    {
      ...text,
      size: (plot, values) => widthOf(plot.ctx, values, family),
      gap: 6,
      space: 32,
      grid: line,
      ticks: { show: false },
      values: (_, splits) => splits.map(options.value),
    },
  ];
}

/** As wide as its widest text: units change with the data. */
function widthOf(context: CanvasRenderingContext2D, values: string[] | null, family: string): number {
  if (!values?.length) return 24;
  context.save();
  context.font = `${AXIS_FONT}px ${family}`;
  const widest = Math.max(...values.map((value) => context.measureText(value).width));
  context.restore();
  return Math.ceil(widest) + 12;
}

/** Colours on a canvas are snapshots: they are read from the element that carries the theme, at each new plot. */
function readColours(host: HTMLElement): (name: Colour | string) => string {
  const style = getComputedStyle(host);
  const held = new Map<string, string>();
  return (name) => {
    const found = held.get(name) ?? style.getPropertyValue(`--${name}`).trim();
    held.set(name, found);
    return found || style.color;
  };
}

function fontOf(host: HTMLElement): string {
  return getComputedStyle(host).fontFamily || "sans-serif";
}
