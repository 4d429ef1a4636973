// Numbers with units, money, and times as people write them -> plain numbers (seconds, USD) and ISO texts.
import type { FieldType } from "./fields";

const SECONDS: Record<string, number> = {
  us: 1e-6,
  ms: 1e-3,
  s: 1,
  sec: 1,
  m: 60,
  min: 60,
  h: 3600,
  d: 86_400,
  w: 604_800,
};
const THOUSANDS: Record<string, number> = { k: 1e3, m: 1e6, b: 1e9 };
const NUMBER = /^([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([a-zµ]*)$/i;

function scaled(text: string, units: Record<string, number>): number | undefined {
  const found = NUMBER.exec(text.trim());
  if (!found) return undefined;
  const unit = found[2]!.toLowerCase().replace("µ", "u");
  const factor = unit === "" ? 1 : units[unit];
  if (factor === undefined) return undefined;
  // Twelve digits: 350 * 0.001 must be 0.35.
  const number = Number((Number(found[1]) * factor).toPrecision(12));
  return Number.isFinite(number) ? number : undefined;
}

export function parseNumber(text: string, type: FieldType): number | undefined {
  if (type === "duration") return scaled(text, SECONDS);
  if (type === "money") return scaled(text.replace(/^([+-]?)\$/, "$1"), THOUSANDS);
  return scaled(text, THOUSANDS);
}

/** `2h` -> 7200 seconds; undefined when this is no age. */
export function parseAge(text: string): number | undefined {
  return /[a-z]$/i.test(text) ? scaled(text, SECONDS) : undefined;
}

const DATE = /^\d{4}-\d{2}(-\d{2})?([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?)?(Z|[+-]\d{2}:?\d{2})?$/;

/** ISO date or time (without a zone: local time), or epoch seconds, ms, us or ns -> epoch ms. */
export function parseInstant(text: string): number | undefined {
  const trimmed = text.trim();
  if (/^\d{9,19}$/.test(trimmed)) return epoch(trimmed);
  if (!DATE.test(trimmed)) return undefined;
  const isDay = /^\d{4}-\d{2}(-\d{2})?$/.test(trimmed);
  const full = isDay
    ? `${trimmed.length === 7 ? `${trimmed}-01` : trimmed}T00:00`
    : trimmed.replace(" ", "T");
  const at = new Date(full).getTime();
  return Number.isNaN(at) ? undefined : at;
}

function epoch(digits: string): number {
  const number = Number(digits);
  if (digits.length <= 11) return number * 1000;
  if (digits.length <= 14) return number;
  return digits.length <= 17 ? Math.floor(number / 1e3) : Math.floor(number / 1e6);
}

export function parseBoolean(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (["true", "yes", "1"].includes(word)) return true;
  return ["false", "no", "0"].includes(word) ? false : undefined;
}
