// Rows of an answer -> what a chart draws. Pure: everything that could be decided wrongly is decided (and tested) here,
// drawing decides nothing.

/** One value of one series; `at` is the first instant (ms) of its bucket. */
export type Cell = { at: number; name: string; value: number | null };

/** What a bucket without data means: nothing happened (counts, sums), or nobody knows (averages, percentiles). */
export type Fill = "zero" | "gap";

export type Series = {
  name: string;
  values: (number | null)[];
  /** The sum; only for `zero`, because percentiles cannot be added. */
  total: number | null;
};

export type Prepared = {
  /** The first instant of each bucket, ascending. */
  times: number[];
  /** The first instant after the last bucket. */
  until: number;
  series: Series[];
  fill: Fill;
  /** Whether the last of `series` is the sum of those that are not shown. */
  hasOther: boolean;
  /** How many series there are by themselves: "8 of 12". */
  of: number;
  /** For each bucket: whether the range or the present cuts it. */
  isPartial: boolean[];
};

export type Wanted = {
  cells: readonly Cell[];
  /** All buckets, also those without data. */
  times: readonly number[];
  /** The first instant after the last bucket. */
  until: number;
  fill: Fill;
  /** The range that was asked for, and the present. */
  from: number;
  to: number;
  now: number;
  /** Series in this order, there also without data; others follow, the largest first. */
  names?: readonly string[];
  /** So many series at most; the others are added up (`zero`) or left out (`gap`). */
  top?: number;
};

export const OTHER = "Other";
const MOST_SERIES = 8;

export function prepare(wanted: Wanted): Prepared {
  const times = [...new Set(wanted.times)].toSorted((one, two) => one - two);
  const grouped = group(wanted, new Map(times.map((at, place) => [at, place])));
  const all = [...grouped].map(([name, values]) => ({ name, values, total: totalOf(values, wanted.fill) }));
  const ordered = order(all, wanted.names ?? []);
  const top = wanted.top ?? MOST_SERIES;
  const series = ordered.slice(0, top);
  const rest = ordered.slice(top);
  const hasOther = rest.length > 0 && wanted.fill === "zero";
  return {
    times,
    until: wanted.until,
    series: hasOther ? [...series, add(rest)] : series,
    fill: wanted.fill,
    hasOther,
    of: ordered.length,
    isPartial: times.map((at, place) => isCut(at, times[place + 1] ?? wanted.until, wanted)),
  };
}

function group(wanted: Wanted, places: Map<number, number>): Map<string, (number | null)[]> {
  const empty = wanted.fill === "zero" ? 0 : null;
  const found = new Map<string, (number | null)[]>();
  const start = (name: string) => {
    const values = Array.from<number | null>({ length: places.size }).fill(empty);
    found.set(name, values);
    return values;
  };
  for (const name of wanted.names ?? []) start(name);
  for (const { at, name, value } of wanted.cells) {
    const place = places.get(at);
    if (place === undefined || value === null || !Number.isFinite(value)) continue;
    const values = found.get(name) ?? start(name);
    // Two values of one bucket come from groups that have one name here; only what can be added is.
    values[place] = wanted.fill === "zero" ? (values[place] ?? 0) + value : value;
  }
  return found;
}

function totalOf(values: readonly (number | null)[], fill: Fill): number | null {
  if (fill === "gap") return null;
  return values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
}

function order(all: Series[], names: readonly string[]): Series[] {
  const place = new Map(names.map((name, at) => [name, at]));
  const rank = (series: Series) => place.get(series.name) ?? names.length;
  return all.toSorted(
    (one, two) => rank(one) - rank(two) || weight(two) - weight(one) || (one.name < two.name ? -1 : 1),
  );
}

/** Averages have no sum: those with the most buckets are the most interesting. */
function weight(series: Series): number {
  return series.total ?? series.values.filter((value) => value !== null).length;
}

function add(rest: readonly Series[]): Series {
  const first = rest[0]?.values ?? [];
  const values = first.map((_, place) => rest.reduce((sum, one) => sum + (one.values[place] ?? 0), 0));
  return { name: OTHER, values, total: totalOf(values, "zero") };
}

function isCut(begin: number, end: number, { from, to, now }: Wanted): boolean {
  return begin < from || end > Math.min(to, now);
}

/** Sums from the bottom up, for bars and areas on top of each other: [lower, upper] of each series and bucket. */
export function stack(series: readonly Series[]): { lower: number[]; upper: number[] }[] {
  const level = (series[0]?.values ?? []).map(() => 0);
  return series.map(({ values }) => {
    const lower = [...level];
    values.forEach((value, place) => {
      level[place] = (level[place] ?? 0) + Math.max(value ?? 0, 0);
    });
    return { lower, upper: [...level] };
  });
}

/** The greatest number of the drawing: 0 when there is none. */
export function greatest(prepared: Prepared, isStacked: boolean): number {
  const rows = isStacked
    ? stack(prepared.series).map(({ upper }) => upper)
    : prepared.series.map(({ values }) => values);
  let found = 0;
  for (const row of rows) for (const value of row) if (value !== null && value > found) found = value;
  return found;
}

/** Whether there is anything to see. */
export function isEmpty(prepared: Prepared): boolean {
  return !prepared.series.some(({ values }) => values.some((value) => value !== null && value !== 0));
}

/** Pieces of a line: runs of buckets with a value. A lone bucket is a run of one, drawn as a dot. */
export function runs(values: readonly (number | null)[]): [first: number, last: number][] {
  const found: [number, number][] = [];
  values.forEach((value, place) => {
    if (value === null) return;
    const last = found.at(-1);
    if (last && last[1] === place - 1) last[1] = place;
    else found.push([place, place]);
  });
  return found;
}
