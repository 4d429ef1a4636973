// The marks of a chart on its canvas. Numbers come from prepare.ts, positions from the scales; nothing is decided here
// but how a mark looks. What is not complete yet is pale, and dashed where it is a line.
import type { Colour } from "./colours";
import { runs, stack, type Prepared } from "./prepare";

export type Kind = "bars" | "line" | "area";

export type Brush = {
  context: CanvasRenderingContext2D;
  /** Canvas pixels. */
  x: (at: number) => number;
  y: (value: number) => number;
  /** Canvas pixels of one CSS pixel. */
  ratio: number;
  colour: (name: Colour) => string;
};

export type Look = { colours: readonly Colour[]; dashes: readonly (readonly number[])[] };

const PALE = 0.4;
const UNFINISHED = [3, 3];

export function paint(kind: Kind, prepared: Prepared, look: Look, brush: Brush): void {
  brush.context.save();
  if (kind === "bars") paintBars(prepared, look, brush);
  else if (kind === "area") paintAreas(prepared, look, brush);
  else paintLines(prepared, look, brush);
  brush.context.restore();
}

function paintBars(prepared: Prepared, look: Look, brush: Brush): void {
  const { context, x, y, ratio, colour } = brush;
  const stacked = stack(prepared.series);
  prepared.times.forEach((at, place) => {
    const left = x(at);
    const wide = x(prepared.times[place + 1] ?? prepared.until) - left;
    const gap = wide > 4 * ratio ? Math.max(ratio, Math.round(wide * 0.12)) : 0;
    stacked.forEach(({ lower, upper }, which) => {
      const [from, to] = [lower[place] ?? 0, upper[place] ?? 0];
      if (to <= from) return;
      context.fillStyle = colour(look.colours[which] ?? "series-other");
      context.globalAlpha = prepared.isPartial[place] ? PALE : 1;
      // What is there is seen: at least one pixel.
      const high = Math.max(y(from) - y(to), ratio);
      context.fillRect(left + gap / 2, y(from) - high, Math.max(wide - gap, ratio), high);
      if (prepared.isPartial[place] && wide > 5 * ratio) {
        context.globalAlpha = 1;
        context.strokeStyle = context.fillStyle;
        context.lineWidth = ratio;
        context.setLineDash([2 * ratio, 2 * ratio]);
        context.strokeRect(
          left + gap / 2 + ratio / 2,
          y(from) - high + ratio / 2,
          wide - gap - ratio,
          high - ratio / 2,
        );
        context.setLineDash([]);
      }
    });
  });
}

/** A value of a bucket stands in its middle. */
function middles(prepared: Prepared, brush: Brush): number[] {
  return prepared.times.map((at, place) => brush.x((at + (prepared.times[place + 1] ?? prepared.until)) / 2));
}

function paintAreas(prepared: Prepared, look: Look, brush: Brush): void {
  const { context, y, ratio, colour } = brush;
  const across = middles(prepared, brush);
  stack(prepared.series).forEach(({ lower, upper }, which) => {
    const tint = colour(look.colours[which] ?? "series-other");
    context.fillStyle = tint;
    context.globalAlpha = 0.3;
    context.beginPath();
    across.forEach((at, place) => context.lineTo(at, y(upper[place] ?? 0)));
    for (let place = across.length - 1; place >= 0; place--)
      context.lineTo(across[place] ?? 0, y(lower[place] ?? 0));
    context.closePath();
    context.fill();
    line(
      { values: upper, across, isPartial: prepared.isPartial, tint, dash: [], width: 1.25 * ratio },
      brush,
    );
  });
}

function paintLines(prepared: Prepared, look: Look, brush: Brush): void {
  const across = middles(prepared, brush);
  prepared.series.forEach(({ values }, which) => {
    const tint = brush.colour(look.colours[which] ?? "series-other");
    const dash = look.dashes[which] ?? [];
    line({ values, across, isPartial: prepared.isPartial, tint, dash, width: 1.5 * brush.ratio }, brush);
  });
}

type Line = {
  values: readonly (number | null)[];
  across: readonly number[];
  isPartial: readonly boolean[];
  tint: string;
  dash: readonly number[];
  width: number;
};

/** Straight segments; a segment that touches an unfinished bucket is dashed and pale, a lone value is a dot. */
function line({ values, across, isPartial, tint, dash, width }: Line, { context, y, ratio }: Brush): void {
  context.strokeStyle = context.fillStyle = tint;
  context.lineWidth = width;
  context.lineJoin = "round";
  for (const [first, last] of runs(values)) {
    if (first === last) {
      context.globalAlpha = isPartial[first] ? PALE : 1;
      context.beginPath();
      context.arc(across[first] ?? 0, y(values[first] ?? 0), 2 * ratio, 0, 2 * Math.PI);
      context.fill();
      continue;
    }
    for (const [from, to, isCut] of stretches(first, last, isPartial)) {
      context.globalAlpha = isCut ? PALE + 0.15 : 1;
      context.setLineDash((isCut ? UNFINISHED : dash).map((length) => length * ratio));
      context.beginPath();
      for (let place = from; place <= to; place++) context.lineTo(across[place] ?? 0, y(values[place] ?? 0));
      context.stroke();
    }
  }
  context.setLineDash([]);
}

/** A run as stretches of segments that look the same. */
function* stretches(
  first: number,
  last: number,
  isPartial: readonly boolean[],
): Generator<[number, number, boolean]> {
  const isCut = (place: number) => Boolean(isPartial[place]) || Boolean(isPartial[place + 1]);
  let from = first;
  for (let place = first + 1; place < last; place++) {
    if (isCut(place) === isCut(from)) continue;
    yield [from, place, isCut(from)];
    from = place;
  }
  yield [from, last, isCut(from)];
}
