// What is different in the rows of an alignment, and which rows are shown.
import type { TraceModel } from "@/trace/model";

import type { Alignment } from "./align";

export const DIFFERS = {
  onlyA: 1,
  onlyB: 2,
  level: 4,
  model: 8,
  tokens: 16,
  cost: 32,
  duration: 64,
} as const;

/** No two runs take the same time: a duration differs from a tenth on, when that is 10 ms at least. */
const SHARE = 0.1;
const LEAST_US = 10_000;
/** Sums of prices differ by rounding. */
const NOTHING_USD = 1e-12;

export interface Differences {
  /** Bits of DIFFERS of each row by itself. */
  own: Uint8Array;
  /** Whether anything of the subtree differs. */
  inside: Uint8Array;
  /** Rows that differ by themselves. */
  count: number;
}

export function differencesOf(a: TraceModel, b: TraceModel, rows: Alignment): Differences {
  const own = new Uint8Array(rows.count);
  const inside = new Uint8Array(rows.count);
  let count = 0;
  for (let row = rows.count - 1; row >= 0; row--) {
    own[row] = compareRow(a, rows.a[row]!, b, rows.b[row]!);
    if (own[row]) {
      count++;
      inside[row] = 1;
    }
    const above = rows.parent[row]!;
    if (inside[row] && above >= 0) inside[above] = 1;
  }
  return { own, inside, count };
}

function compareRow(a: TraceModel, nodeA: number, b: TraceModel, nodeB: number): number {
  if (nodeB < 0) return DIFFERS.onlyA;
  if (nodeA < 0) return DIFFERS.onlyB;
  const [spanA, spanB] = [a.rows[nodeA]!, b.rows[nodeB]!];
  return (
    (spanA.level === spanB.level ? 0 : DIFFERS.level) |
    (spanA.model === spanB.model ? 0 : DIFFERS.model) |
    (spanA.tokens === spanB.tokens ? 0 : DIFFERS.tokens) |
    (isOtherCost(spanA.cost, spanB.cost) ? DIFFERS.cost : 0) |
    (isOtherDuration(spanA.duration, spanB.duration) ? DIFFERS.duration : 0)
  );
}

function isOtherCost(a: number, b: number): boolean {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number.isNaN(a) !== Number.isNaN(b);
  return Math.abs(a - b) > NOTHING_USD;
}

function isOtherDuration(a: number, b: number): boolean {
  if (a < 0 || b < 0) return a < 0 !== b < 0;
  const change = Math.abs(a - b);
  return change >= LEAST_US && change > Math.max(a, b) * SHARE;
}

/** Rows in sight, in order: without what is folded and, if asked, without subtrees in which nothing differs. */
export function visibleRows(
  rows: Alignment,
  differences: Differences,
  isFolded: (row: number) => boolean,
  onlyDifferences: boolean,
): Int32Array {
  const shown = new Int32Array(rows.count);
  let count = 0;
  for (let row = 0; row < rows.count;) {
    if (onlyDifferences && !differences.inside[row]) {
      row += rows.size[row]!;
      continue;
    }
    shown[count++] = row;
    row += isFolded(row) ? rows.size[row]! : 1;
  }
  return shown.slice(0, count);
}

/** Names a row in an address: its span in the first trace, else in the second. */
export function rowKey(a: TraceModel, b: TraceModel, rows: Alignment, row: number): string {
  const nodeA = rows.a[row]!;
  return nodeA >= 0 ? `a.${a.rows[nodeA]!.id}` : `b.${b.rows[rows.b[row]!]!.id}`;
}

/** Rows by the names above. */
export function rowIndex(a: TraceModel, b: TraceModel, rows: Alignment): Map<string, number> {
  const found = new Map<string, number>();
  for (let row = 0; row < rows.count; row++) {
    if (rows.b[row]! >= 0) found.set(`b.${b.rows[rows.b[row]!]!.id}`, row);
    if (rows.a[row]! >= 0) found.set(`a.${a.rows[rows.a[row]!]!.id}`, row);
  }
  return found;
}
