// The words of a time range: `Past 24 h` or `12 Nov 09:00 – 13 Nov 18:00 UTC+1`.
import { firstDayOfWeek } from "../format";
import { presetsFor, type Range, type Zone } from "./range";

const UNITS: Record<string, string> = { m: "min", h: "h", d: "d", w: "w", y: "y" };

export function labelRange(range: Range, zone: Zone): string {
  if (range.kind === "all") return "All time";
  if (range.kind === "absolute")
    return `${point(range.from, range.to, zone)} – ${point(range.to, range.from, zone)} ${zoneName(range.to, zone)}`;
  const preset = presetsFor(firstDayOfWeek()).find(([token]) => token === range.token);
  if (preset) return preset[1];
  const age = /^(\d+)([mhdwy])$/.exec(range.token);
  if (age) return `Past ${age[1]} ${UNITS[age[2]!]}`;
  const words = range.token.replace("..", " – ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function point(ms: number, other: number, zone: Zone): string {
  const timeZone = zone === "UTC" ? "UTC" : undefined;
  const year = (at: number) => new Intl.DateTimeFormat("en-GB", { year: "numeric", timeZone }).format(at);
  const isPlain = year(ms) === year(other) && year(ms) === year(Date.now());
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat("en-GB", { ...options, timeZone }).format(ms);
  const date = part({ day: "numeric", month: "short", ...(isPlain ? {} : { year: "numeric" }) });
  return `${date} ${part({ hour: "2-digit", minute: "2-digit" })}`;
}

/** `UTC`, `UTC+1`, `UTC+5:30`. */
export function zoneName(ms: number, zone: Zone): string {
  const minutes = zone === "UTC" ? 0 : -new Date(ms).getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const hours = Math.floor(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? "−" : "+"}${hours}${rest ? `:${String(rest).padStart(2, "0")}` : ""}`;
}
