// Time ranges as text of the URL: `24h`, `yesterday`, `mon..now`, `all`, or `2026-11-01T00:00Z~2026-11-02T00:00Z`.
// Relative stays relative; only resolve() looks at a clock.
import { parseAge, parseInstant } from "../query-language/units";

export type Zone = "local" | "UTC";
export type Range =
  { kind: "all" } | { kind: "relative"; token: string } | { kind: "absolute"; from: number; to: number };
/** In epoch ms. Without `to` the range is open: it ends now, whenever now is. */
export type Resolved = { from?: number; to?: number };

export const DEFAULT_RANGE = "24h";
type Preset = readonly [token: string, label: string];

const PRESETS: readonly Preset[] = [
  ["5m", "Past 5 min"],
  ["30m", "Past 30 min"],
  ["1h", "Past 1 h"],
  ["6h", "Past 6 h"],
  ["24h", "Past 24 h"],
  ["3d", "Past 3 d"],
  ["7d", "Past 7 d"],
  ["30d", "Past 30 d"],
  ["90d", "Past 90 d"],
  ["1y", "Past 1 y"],
  ["all", "All time"],
];

const DAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/** What is offered; the week begins on the reader's first day (0: Sunday). */
export function presetsFor(firstDay: number): readonly Preset[] {
  const place = PRESETS.findIndex(([token]) => token === "7d");
  return [...PRESETS.slice(0, place), [`${DAYS[firstDay]}..now`, "This week"], ...PRESETS.slice(place)];
}
const AGE = /^(\d{1,6})(m|h|d|w|y)$/;
const YEAR_MS = 365 * 86_400_000;

/** The text of the URL, or null when it means no range. */
export function parseRange(text: string): Range | null {
  if (text === "all") return { kind: "all" };
  const ends = text.split("~");
  if (ends.length === 2) return absolute(ends[0]!, ends[1]!);
  return resolveToken(text, 0, "UTC") ? { kind: "relative", token: text } : null;
}

function absolute(lo: string, hi: string): Range | null {
  const from = parseInstant(lo);
  const to = parseInstant(hi);
  return from === undefined || to === undefined || from >= to ? null : { kind: "absolute", from, to };
}

export function printRange(range: Range): string {
  if (range.kind === "all") return "all";
  return range.kind === "relative" ? range.token : `${shortIso(range.from)}~${shortIso(range.to)}`;
}

/** ISO in UTC without the parts that are zero. */
export function shortIso(ms: number): string {
  return new Date(ms).toISOString().replace(/(?::00)?\.000Z$/, "Z");
}

export function resolveRange(range: Range, now: number, zone: Zone = "local"): Resolved {
  if (range.kind === "all") return {};
  if (range.kind === "absolute") return { from: range.from, to: range.to };
  return resolveToken(range.token, now, zone) ?? {};
}

function resolveToken(token: string, now: number, zone: Zone): Resolved | null {
  const age = AGE.exec(token);
  if (age) {
    const ms = age[2] === "y" ? Number(age[1]) * YEAR_MS : (parseAge(token) ?? 0) * 1000;
    return ms > 0 && ms <= 200 * YEAR_MS ? { from: now - ms } : null;
  }
  if (token === "today") return { from: dayStart(now, 0, zone) };
  if (token === "yesterday") return { from: dayStart(now, 1, zone), to: dayStart(now, 0, zone) };
  const ends = token.split("..");
  if (ends.length !== 2) return null;
  const from = pointOf(ends[0]!, now, zone);
  const to = ends[1] === "now" ? undefined : pointOf(ends[1]!, now, zone);
  if (from === undefined || (to === undefined && ends[1] !== "now")) return null;
  return to === undefined ? { from } : { from: Math.min(from, to), to: Math.max(from, to) };
}

/** `mon` is the last Monday that began, `today` and `yesterday` the starts of these days, `3d` that long ago. */
function pointOf(word: string, now: number, zone: Zone): number | undefined {
  const weekday = DAYS.indexOf(word.slice(0, 3));
  if (
    weekday >= 0 &&
    (word.length === 3 || "sunday monday tuesday wednesday thursday friday saturday".includes(word))
  ) {
    const date = new Date(now);
    const today = zone === "UTC" ? date.getUTCDay() : date.getDay();
    return dayStart(now, (today - weekday + 7) % 7, zone);
  }
  if (word === "today") return dayStart(now, 0, zone);
  if (word === "yesterday") return dayStart(now, 1, zone);
  return AGE.test(word) ? resolveToken(word, now, zone)?.from : undefined;
}

/** Midnight of the day `back` days ago; through the calendar, so that days of 23 and 25 hours are right. */
function dayStart(now: number, back: number, zone: Zone): number {
  const date = new Date(now);
  if (zone === "UTC") return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate() - back);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() - back).getTime();
}

/** What a person typed or pasted: tokens with spaces and long units, ISO or epoch, one instant or two. */
export function readRange(typed: string, now: number): Range | null {
  const text = typed
    .trim()
    .toLowerCase()
    .replace(/^(past|last)\s+/, "");
  if (text === "all" || text === "all time") return { kind: "all" };
  const long = /^(\d+)\s*(minutes?|mins?|hours?|days?|weeks?|months?|years?|[mhdwy])$/.exec(text);
  if (long)
    return parseRange(long[2]!.startsWith("mo") ? `${Number(long[1]) * 30}d` : `${long[1]}${long[2]![0]}`);
  const word = parseRange(text.replace(/\s*\.\.\s*/, "..").replace(/\s+(to|until|-|–)\s+/, ".."));
  if (word) return word;
  const ends = typed.trim().split(/\s*(?:\.\.|~|–|\/|\s-\s|\sto\s)\s*/i);
  if (ends.length === 2) {
    const from = parseInstant(ends[0]!);
    const to = ends[1]!.toLowerCase() === "now" ? now : parseInstant(ends[1]!);
    return from === undefined || to === undefined || from >= to ? null : { kind: "absolute", from, to };
  }
  return around(typed.trim());
}

/** A single instant: its day when only a day was given, else the quarter of an hour on each side. */
function around(text: string): Range | null {
  const at = parseInstant(text);
  if (at === undefined) return null;
  if (/^\d{4}-\d{2}-\d{2}$/.test(text)) {
    const day = new Date(at);
    return {
      kind: "absolute",
      from: at,
      to: new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime(),
    };
  }
  return { kind: "absolute", from: at - 900_000, to: at + 900_000 };
}

function bounds(range: Range, now: number, zone: Zone): { from: number; to: number } | null {
  const { from, to } = resolveRange(range, now, zone);
  return from === undefined ? null : { from, to: to ?? now };
}

/** The stretch of the same length before (-1) or after (1). */
export function shiftRange(range: Range, direction: -1 | 1, now: number, zone: Zone = "local"): Range {
  const ends = bounds(range, now, zone);
  if (!ends) return range;
  const length = (ends.to - ends.from) * direction;
  return { kind: "absolute", from: ends.from + length, to: ends.to + length };
}

const WIDER = ["1h", "6h", "24h", "7d", "30d", "90d", "1y", "all"];

/** Twice as much around the middle; a range that ends now takes the next longer preset. */
export function widenRange(range: Range, now: number, zone: Zone = "local"): Range {
  const ends = bounds(range, now, zone);
  if (!ends) return range;
  const length = ends.to - ends.from;
  if (range.kind === "absolute")
    return { kind: "absolute", from: ends.from - length / 2, to: ends.to + length / 2 };
  const next = WIDER.map((token) => parseRange(token)!).find((wider) => {
    const found = bounds(wider, now, zone);
    return !found || found.to - found.from > length * 1.01;
  });
  return next ?? { kind: "all" };
}
