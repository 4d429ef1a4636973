// Geometry of the timeline: one set of pure, total functions. Times are microseconds after the first start of the trace,
// lengths are CSS pixels. Everything is clamped into the lane: zoom and pan are state, never horizontal scrolling.

export interface View {
  from: number;
  to: number;
}

/** Idle stretches drawn short; without any the scale is the identity. Strictly rising and continuous. */
export interface Scale {
  /** Compressed stretches in time, with their drawn length in microseconds of the lane. */
  bands: { from: number; to: number; drawn: number }[];
}

export const LINEAR: Scale = { bands: [] };
export const MIN_BAR = 2;
const MIN_VIEW = 10;
const BAND_PX = 28;
const IDLE_SHARE = 0.05;

const finite = (value: number, otherwise: number) => (Number.isFinite(value) ? value : otherwise);

export function toDrawn(scale: Scale, time: number): number {
  let saved = 0;
  for (const band of scale.bands) {
    if (time <= band.from) break;
    const length = band.to - band.from;
    if (time < band.to) return band.from - saved + ((time - band.from) / length) * band.drawn;
    saved += length - band.drawn;
  }
  return time - saved;
}

export function toTime(scale: Scale, drawn: number): number {
  let saved = 0;
  for (const band of scale.bands) {
    const from = band.from - saved;
    if (drawn <= from) break;
    const length = band.to - band.from;
    if (drawn < from + band.drawn) return band.from + ((drawn - from) / band.drawn) * length;
    saved += length - band.drawn;
  }
  return drawn + saved;
}

/** A usable view of a trace that ends at `end`: ordered, finite, not empty, inside the trace. */
export function clampView(view: View, end: number): View {
  const last = Math.max(finite(end, 0), MIN_VIEW);
  let from = finite(view.from, 0);
  let to = finite(view.to, last);
  if (from > to) [from, to] = [to, from];
  const length = Math.min(last, Math.max(MIN_VIEW, to - from));
  from = Math.min(Math.max(0, from), last - length);
  return { from, to: from + length };
}

/** Where a time is drawn; may be outside of the lane. */
export function xOf(time: number, view: View, width: number, scale: Scale = LINEAR): number {
  const [from, to] = [toDrawn(scale, view.from), toDrawn(scale, view.to)];
  const x = ((toDrawn(scale, finite(time, view.from)) - from) / Math.max(to - from, 1e-9)) * width;
  return finite(x, 0);
}

export function timeAt(x: number, view: View, width: number, scale: Scale = LINEAR): number {
  const [from, to] = [toDrawn(scale, view.from), toDrawn(scale, view.to)];
  return toTime(scale, from + (x / Math.max(width, 1)) * (to - from));
}

export interface Bar {
  left: number;
  width: number;
  /** False when the span lies wholly outside of the view: the bar is then a mark at the edge. */
  inside: boolean;
  /** The bar goes on beyond this edge. */
  cutLeft: boolean;
  cutRight: boolean;
  /** The end is not known. */
  open: boolean;
}

/** The bar of a span; always inside [0, width], at least MIN_BAR wide when the lane is. */
export function barOf(
  start: number,
  duration: number,
  view: View,
  width: number,
  scale: Scale = LINEAR,
): Bar {
  const lane = Math.max(finite(width, 0), 0);
  const from = finite(start, view.from);
  const open = !(duration >= 0) || !Number.isFinite(duration);
  const to = open ? from : from + duration;
  const x0 = xOf(from, view, lane, scale);
  const x1 = xOf(to, view, lane, scale);
  const least = Math.min(MIN_BAR, lane);
  const left = Math.min(Math.max(0, x0), lane - least);
  const right = Math.min(Math.max(left + least, x1), lane);
  // Half a pixel over an edge is rounding, not a cut bar.
  const inside = x1 >= -0.5 && x0 <= lane + 0.5;
  return { left, width: right - left, inside, cutLeft: x0 < -0.5, cutRight: x1 > lane + 0.5, open };
}

export type LabelPlace = "inside" | "after" | "before" | "none";

/** Where a label of this width fits beside a bar. */
export function placeLabel(
  bar: Bar,
  label: number,
  width: number,
  gap = 6,
): { place: LabelPlace; x: number } {
  const right = bar.left + bar.width;
  if (right + gap + label <= width) return { place: "after", x: right + gap };
  if (label + 2 * gap <= bar.width) return { place: "inside", x: bar.left + gap };
  if (bar.left - gap - label >= 0) return { place: "before", x: bar.left - gap - label };
  return { place: "none", x: 0 };
}

const SECOND = 1e6;
const STEPS_ABOVE = [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 43200, 86400].map(
  (s) => s * SECOND,
);

/** The next nice length of time that is at least this long: 1-2-5 up to ten seconds, clock steps above, then days. */
export function niceStep(least: number): number {
  const wanted = Math.max(finite(least, 1), 1);
  if (wanted <= 10 * SECOND) {
    const power = 10 ** Math.floor(Math.log10(wanted));
    for (const factor of [1, 2, 5, 10]) if (power * factor >= wanted * (1 - 1e-9)) return power * factor;
  }
  const step = STEPS_ABOVE.find((candidate) => candidate >= wanted);
  const day = 86400 * SECOND;
  return step ?? Math.ceil(wanted / day) * day;
}

export interface Tick {
  time: number;
  x: number;
}

/** Marks of the time axis, at least `gap` pixels apart. Compressed stretches get none inside. */
export function ticksOf(view: View, width: number, scale: Scale = LINEAR, gap = 70): Tick[] {
  if (!(width > 0)) return [];
  const drawn = toDrawn(scale, view.to) - toDrawn(scale, view.from);
  const step = niceStep((drawn / width) * gap);
  const ticks: Tick[] = [];
  let last = -Infinity;
  let time = Math.ceil(view.from / step) * step;
  while (time <= view.to && ticks.length < 200) {
    const band = scale.bands.find((one) => time > one.from && time < one.to);
    if (band) {
      time = Math.ceil(band.to / step) * step;
      continue;
    }
    const x = xOf(time, view, width, scale);
    if (x - last >= gap * (1 - 1e-6)) {
      ticks.push({ time, x });
      last = x;
    }
    time += step;
  }
  return ticks;
}

/** Zoom by a factor (> 1 = closer) around a pixel: the time under it stays unless the trace ends there. */
export function zoomAt(
  view: View,
  factor: number,
  x: number,
  width: number,
  end: number,
  scale: Scale = LINEAR,
): View {
  if (!(width > 0) || !(factor > 0) || !Number.isFinite(factor)) return view;
  const share = Math.min(Math.max(finite(x, width / 2) / width, 0), 1);
  const [from, to] = [toDrawn(scale, view.from), toDrawn(scale, view.to)];
  const last = toDrawn(scale, Math.max(end, MIN_VIEW));
  const fixed = from + share * (to - from);
  const length = Math.min(last, Math.max(MIN_VIEW, (to - from) / factor));
  const start = Math.min(Math.max(0, fixed - share * length), last - length);
  return clampView({ from: toTime(scale, start), to: toTime(scale, start + length) }, end);
}

export function panBy(view: View, pixels: number, width: number, end: number, scale: Scale = LINEAR): View {
  if (!(width > 0) || !Number.isFinite(pixels)) return view;
  const [from, to] = [toDrawn(scale, view.from), toDrawn(scale, view.to)];
  const last = toDrawn(scale, Math.max(end, MIN_VIEW));
  const start = Math.min(Math.max(0, from + (pixels / width) * (to - from)), Math.max(0, last - (to - from)));
  return clampView({ from: toTime(scale, start), to: toTime(scale, start + to - from) }, end);
}

/** The view that shows one span with some air. */
export function fitSpan(start: number, duration: number, end: number): View {
  const length = Math.max(finite(duration, 0), MIN_VIEW);
  return clampView({ from: start - length * 0.1, to: start + length * 1.1 }, end);
}

/** Stretches in which no span of the list runs, longer than a share of the whole. Starts must rise. */
export function idleStretches(
  start: Float64Array,
  duration: Float64Array,
  spans: number,
  end: number,
  skip?: Uint8Array,
) {
  const stretches: { from: number; to: number }[] = [];
  let busyUntil = 0;
  const note = (from: number, to: number) => {
    if (to - from > end * IDLE_SHARE) stretches.push({ from, to });
  };
  for (let i = 0; i < spans; i++) {
    if (skip?.[i]) continue;
    note(busyUntil, start[i]!);
    busyUntil = Math.max(busyUntil, start[i]! + Math.max(0, duration[i]!));
  }
  note(busyUntil, end);
  return stretches;
}

/** A scale that draws the idle stretches 28 px long when the whole trace is in view. */
export function compress(stretches: { from: number; to: number }[], end: number, width: number): Scale {
  const idle = stretches.reduce((sum, one) => sum + one.to - one.from, 0);
  const room = width - BAND_PX * stretches.length;
  if (stretches.length === 0 || room < width / 4 || end <= idle) return LINEAR;
  const drawn = (BAND_PX * (end - idle)) / room;
  // Next to nothing but idle time cannot be told apart any more; and what is short already stays as it is.
  const useless = (length: number) => length <= drawn || drawn < length * 1e-6;
  if (stretches.some((one) => useless(one.to - one.from))) return LINEAR;
  return { bands: stretches.map((one) => ({ ...one, drawn })) };
}
