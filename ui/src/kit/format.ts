// Numbers, times and ids as people read them. Tables, charts, tooltips, tree and timeline all use this one module,
// so that measured and drawn text agree.

/** Shown where a value was not measured. */
export const MISSING = "\u2013";

export interface FormatPreferences {
  timeZone: "local" | "utc";
  hour12: boolean;
  /** A BCP 47 tag for grouping and decimals; "" is the browser's. */
  locale: string;
  currency: string;
  /** Of the week: 0 Sunday, 1 Monday, 6 Saturday. */
  firstDay: number;
}

type Num = number | string | null | undefined;
type When = Date | number | string | null | undefined;

const preferences: FormatPreferences = {
  timeZone: "local",
  hour12: false,
  locale: "en",
  currency: "USD",
  firstDay: 1,
};
const formats = new Map<string, Intl.NumberFormat>();

/** Applies what the person chose; screens draw anew because the shell remounts them. */
export function setFormatPreferences(change: Partial<FormatPreferences>): void {
  Object.assign(preferences, change);
  formats.clear();
}

function decimals(value: number, digits: number, least = digits): string {
  const key = `${least}/${digits}`;
  let format = formats.get(key);
  if (!format) {
    const options = { minimumFractionDigits: least, maximumFractionDigits: digits };
    try {
      format = new Intl.NumberFormat(preferences.locale || undefined, options);
    } catch {
      format = new Intl.NumberFormat("en", options);
    }
    formats.set(key, format);
  }
  return format.format(value);
}

/** A finite number, or null for everything that is not one (null, "", "abc", NaN). */
function toNumber(value: Num): number | null {
  if (value === null || value === undefined || value === "") return null;
  const number = Number(value);
  return Number.isFinite(number) ? number : null;
}

const two = (value: number): string => String(value).padStart(2, "0");

function compact(value: number): string {
  for (const [size, unit] of [
    [1e12, "T"],
    [1e9, "B"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    // 999,950 is 1M, not 1000k.
    if (Math.abs(value) >= size * 0.99995) return decimals(value / size, 1, 0) + unit;
  }
  return decimals(value, 0);
}

/** Seconds: 0.4 ms, 87 ms, 1.24 s, 42.6 s, 3 m 08 s, 1 h 12 m, 2 d 03 h. */
export function formatDuration(seconds: Num): string {
  const value = toNumber(seconds);
  if (value === null) return MISSING;
  if (value < 0) return `-${formatDuration(-value)}`;
  const ms = value * 1000;
  if (ms === 0) return "0 ms";
  if (ms < 0.95) return ms < 0.05 ? "<0.1 ms" : `${decimals(ms, 1)} ms`;
  if (ms < 999.5) return `${decimals(ms, 0)} ms`;
  if (value < 9.995) return `${decimals(value, 2)} s`;
  if (value < 59.95) return `${decimals(value, 1)} s`;
  const whole = Math.round(value);
  if (whole < 3600) return `${Math.floor(whole / 60)} m ${two(whole % 60)} s`;
  const minutes = Math.round(value / 60);
  if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} m`;
  const hours = Math.round(value / 3600);
  return `${Math.floor(hours / 24)} d ${two(hours % 24)} h`;
}

/** The same from milliseconds. */
export function formatMs(milliseconds: Num): string {
  const value = toNumber(milliseconds);
  return formatDuration(value === null ? null : value / 1000);
}

const SYMBOLS: Record<string, string> = { USD: "$", EUR: "\u20ac", GBP: "\u00a3", JPY: "\u00a5" };

/** Money: $0, $0.00021, $12.40, $18.2k; in detail $0.0134. A cost is never shown as $0.00. */
export function formatCost(amount: Num, options: { detail?: boolean } = {}): string {
  const value = toNumber(amount);
  if (value === null) return MISSING;
  if (value < 0) return `-${formatCost(-value, options)}`;
  const sign = SYMBOLS[preferences.currency] ?? `${preferences.currency} `;
  if (value === 0) return `${sign}0`;
  if (value < 1e-10) return `<${sign}0.0000000001`;
  if (value < 0.00995) {
    const places = 1 - Math.floor(Math.log10(value));
    return sign + decimals(value, places, Math.min(places, 3));
  }
  if (value < 0.99995 && options.detail) return sign + decimals(value, 4, 2);
  if (value < 9999.995) return sign + decimals(value, 2);
  return sign + compact(value);
}

/** 1,204 and above ten thousand 12.3k. */
export function formatTokens(tokens: Num): string {
  const value = toNumber(tokens);
  if (value === null) return MISSING;
  return Math.abs(value) < 10_000 ? decimals(value, 0) : compact(value);
}

/** "1,204 → 318 (812 cached)". */
export function formatTokenPair(input: Num, output: Num, cached?: Num): string {
  if (toNumber(input) === null && toNumber(output) === null) return MISSING;
  const part = toNumber(cached);
  return `${formatTokens(input)} \u2192 ${formatTokens(output)}${part ? ` (${formatTokens(part)} cached)` : ""}`;
}

/** Grouped below a hundred thousand, then 120k; an estimate is ~48k. */
export function formatCount(count: Num, options: { estimated?: boolean } = {}): string {
  const value = toNumber(count);
  if (value === null) return MISSING;
  if (options.estimated) return `~${Math.abs(value) < 1000 ? decimals(value, 0) : compact(value)}`;
  return Math.abs(value) < 100_000 ? decimals(value, 0) : compact(value);
}

/** A share of 1: 2.4%, <0.1%, 0%, 100%. */
export function formatShare(share: Num): string {
  const value = toNumber(share);
  if (value === null) return MISSING;
  const percent = value * 100;
  if (percent === 0 || percent === 100) return `${percent}%`;
  if (percent > 0 && percent < 0.1) return "<0.1%";
  if (percent > 99.9 && percent < 100) return ">99.9%";
  return `${decimals(percent, 1)}%`;
}

/** Up to three significant digits; booleans with sign and word; categories as they are. */
export function formatScore(score: { value?: Num; text?: string | null; type?: string | null }): string {
  const value = toNumber(score.value);
  if (score.type === "BOOLEAN") {
    const yes = value === null ? score.text?.toLowerCase() === "true" : value !== 0;
    return yes ? "\u2713 true" : "\u2717 false";
  }
  if (score.type !== "NUMERIC" && score.text) return score.text;
  return value === null ? MISSING : formatNumber(value);
}

/** A plain number with up to three significant digits after the point matters. */
export function formatNumber(number: Num): string {
  const value = toNumber(number);
  if (value === null) return MISSING;
  const size = Math.abs(value);
  if (size >= 100_000) return compact(value);
  if (size >= 100 || Number.isInteger(value)) return decimals(value, 0);
  if (size > 0 && size < 0.0001) return value.toExponential(1);
  return decimals(value, size === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(size))), 0);
}

export interface Delta {
  text: string;
  direction: "up" | "down" | "flat";
  /** null when neither is good: the metric has no direction, or nothing changed. */
  good: boolean | null;
}

/** Change against the previous period. `goodWhen` says which way is better. */
export function formatDelta(current: Num, previous: Num, goodWhen: "up" | "down" | null): Delta | null {
  const now = toNumber(current);
  const before = toNumber(previous);
  if (now === null || before === null) return null;
  if (before === 0) return now === 0 ? { text: "no change", direction: "flat", good: null } : null;
  const change = (now - before) / Math.abs(before);
  if (Math.abs(change) < 0.005) return { text: "no change", direction: "flat", good: null };
  const direction = change > 0 ? "up" : "down";
  const size =
    Math.abs(change) >= 10
      ? `${decimals(Math.abs(change) + 1, 0)}\u00d7`
      : `${decimals(Math.abs(change) * 100, 0)}%`;
  return {
    text: (change > 0 ? "+" : "-") + size,
    direction,
    good: goodWhen === null ? null : goodWhen === direction,
  };
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** A valid date, or null. Numbers are milliseconds since 1970. */
function toDate(when: When): Date | null {
  if (when === null || when === undefined || when === "") return null;
  const date = when instanceof Date ? when : new Date(when);
  return Number.isNaN(date.getTime()) ? null : date;
}

function fields(date: Date): {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  ms: number;
} {
  const utc = preferences.timeZone === "utc";
  return {
    year: utc ? date.getUTCFullYear() : date.getFullYear(),
    month: utc ? date.getUTCMonth() : date.getMonth(),
    day: utc ? date.getUTCDate() : date.getDate(),
    hour: utc ? date.getUTCHours() : date.getHours(),
    minute: utc ? date.getUTCMinutes() : date.getMinutes(),
    second: utc ? date.getUTCSeconds() : date.getSeconds(),
    ms: utc ? date.getUTCMilliseconds() : date.getMilliseconds(),
  };
}

function clock(at: ReturnType<typeof fields>, precision: "minute" | "second" | "ms"): string {
  const hour = preferences.hour12 ? at.hour % 12 || 12 : two(at.hour);
  const seconds = precision === "minute" ? "" : `:${two(at.second)}`;
  const ms = precision === "ms" ? `.${String(at.ms).padStart(3, "0")}` : "";
  return `${hour}:${two(at.minute)}${seconds}${ms}${preferences.hour12 ? (at.hour < 12 ? " AM" : " PM") : ""}`;
}

/** Today 14:03:22.418, this year 12 Nov 14:03, else 2025-11-12 14:03. */
export function formatTime(when: When, now: When = Date.now()): string {
  const date = toDate(when);
  if (!date) return MISSING;
  const at = fields(date);
  const today = fields(toDate(now) ?? new Date());
  if (at.year !== today.year) return `${at.year}-${two(at.month + 1)}-${two(at.day)} ${clock(at, "minute")}`;
  if (at.month === today.month && at.day === today.day) return clock(at, "ms");
  return `${at.day} ${MONTHS[at.month]} ${clock(at, "minute")}`;
}

/** 12 Nov 2025, without the time. */
export function formatDate(when: When): string {
  const date = toDate(when);
  if (!date) return MISSING;
  const at = fields(date);
  return `${at.day} ${MONTHS[at.month]} ${at.year}`;
}

/** The whole moment: 2025-11-12 14:03:22.418. */
export function formatDateTime(when: When): string {
  const date = toDate(when);
  if (!date) return MISSING;
  const at = fields(date);
  return `${at.year}-${two(at.month + 1)}-${two(at.day)} ${clock(at, "ms")}`;
}

/** For tooltips: UTC, how long ago, and the epoch in milliseconds. */
export function formatTimeDetails(when: When, now: When = Date.now()): string {
  const date = toDate(when);
  if (!date) return "Not measured";
  return `${date.toISOString().replace("T", " ").replace("Z", " UTC")} \u00b7 ${formatRelative(date, now)} \u00b7 ${date.getTime()}`;
}

/** just now, 3 m ago, 2 h ago, 5 d ago, in 3 d; beyond two months the date. */
export function formatRelative(when: When, now: When = Date.now()): string {
  const date = toDate(when);
  if (!date) return MISSING;
  const seconds = Math.round(((toDate(now) ?? new Date()).getTime() - date.getTime()) / 1000);
  const size = Math.abs(seconds);
  if (size < 10) return "just now";
  if (size >= 60 * 86_400) return formatDate(date);
  const text =
    size < 60
      ? `${size} s`
      : size < 3600
        ? `${Math.floor(size / 60)} m`
        : size < 86_400
          ? `${Math.floor(size / 3600)} h`
          : `${Math.floor(size / 86_400)} d`;
  return seconds >= 0 ? `${text} ago` : `in ${text}`;
}

/** Name of the zone that times are shown in, for a table header: "UTC" or "UTC+1". */
export function zoneName(at: Date = new Date()): string {
  if (preferences.timeZone === "utc") return "UTC";
  const minutes = -at.getTimezoneOffset();
  if (minutes === 0) return "UTC";
  const size = Math.abs(minutes);
  return `UTC${minutes > 0 ? "+" : "-"}${Math.floor(size / 60)}${size % 60 ? `:${two(size % 60)}` : ""}`;
}

/** The day on which weeks begin: 0 Sunday, 1 Monday, 6 Saturday. */
export const firstDayOfWeek = (): number => preferences.firstDay;

/** The IANA zone that times are shown in and days are cut in, and whether its clock has 12 hours. */
export function displayClock(): { zone: string; hour12: boolean } {
  const local = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";
  return { zone: preferences.timeZone === "utc" ? "UTC" : local, hour12: preferences.hour12 };
}

/** First eight characters of a long hexadecimal id; short or readable ids stay whole up to 24. */
export function shortId(id: string | null | undefined): string {
  if (!id) return MISSING;
  if (/^[0-9a-f-]{16,}$/i.test(id)) return `${id.slice(0, 8)}\u2026`;
  return id.length > 24 ? `${id.slice(0, 23)}\u2026` : id;
}

/** 812 B, 14.2 kB, 1.2 MB. */
export function formatBytes(bytes: Num): string {
  const value = toNumber(bytes);
  if (value === null) return MISSING;
  if (value < 1000) return `${decimals(value, 0)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const step = Math.min(units.length, Math.floor(Math.log10(value * 1.00005) / 3));
  return `${decimals(value / 1000 ** step, 1, 0)} ${units[step - 1]}`;
}

/** "1 trace", "2 traces", "3,000 queries". */
export function formatPlural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
