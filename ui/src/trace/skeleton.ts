// The skeleton of a trace as it travels (columnar, with a string table) and as it is kept: plain columns by span, which
// an increment merges into by id.

import type { Schema } from "@/api";

/** Times are microseconds: t0 of the epoch, start after t0, duration -1 while the end is unknown. `parent` is an index into
 * `id`; -1 without a parent, -2 when the parent is not in this answer, and then `missing` has its id by row. */
export type SkeletonWire = Schema<"SkeletonOut">;

export const FLAG = { scores: 1, comments: 2, input: 4, output: 8, estimated: 16, notSummed: 32 } as const;

/** A parent that is known to be missing, but not by which id. */
export const UNKNOWN_PARENT = "\u0000";

export interface SpanRow {
  id: string;
  /** "" without a parent. */
  parentId: string;
  name: string;
  type: string;
  level: number;
  /** Microseconds of the epoch. */
  start: number;
  duration: number;
  ttft: number;
  model: string;
  tokensIn: number;
  tokensOut: number;
  tokens: number;
  /** NaN when there is no price. */
  cost: number;
  flags: number;
  /** Children that it has on the server, where the trace is too large to be here whole. */
  children?: number;
}

export interface Skeleton {
  traceId: string;
  rows: SpanRow[];
  total: number;
  truncated: boolean;
  cursor: string;
  rollups?: string[];
}

/** Rows of one answer. Duplicate ids stay in here; the model keeps the earliest. */
export function decode(wire: SkeletonWire): Skeleton {
  const t0 = Number(wire.t0) || 0;
  const text = (index: number | undefined) => (index === undefined ? "" : (wire.strings[index] ?? ""));
  const rows: SpanRow[] = [];
  for (let i = 0; i < wire.id.length; i++) {
    const cost = wire.cost[i];
    rows.push({
      id: wire.id[i]!,
      parentId: parentOf(wire, i),
      name: text(wire.name[i]),
      type: text(wire.type[i]) || "SPAN",
      level: wire.level[i] ?? 1,
      start: t0 + (wire.start[i] ?? 0),
      duration: wire.duration[i] ?? -1,
      ttft: wire.ttft[i] ?? -1,
      model: text(wire.model[i]),
      tokensIn: wire.tokensIn[i] ?? 0,
      tokensOut: wire.tokensOut[i] ?? 0,
      tokens: wire.tokens[i] ?? 0,
      cost: cost === null || cost === undefined ? NaN : Number(cost),
      flags: wire.flags[i] ?? 0,
      children: wire.children[i],
    });
  }
  const { traceId, total, truncated, cursor, rollups } = wire;
  return { traceId, rows, total, truncated, cursor, rollups };
}

function parentOf(wire: SkeletonWire, row: number): string {
  const parent = wire.parent[row] ?? -1;
  if (parent >= 0) return wire.id[parent] ?? UNKNOWN_PARENT;
  return parent === -1 ? "" : (wire.missing?.[row] ?? UNKNOWN_PARENT);
}

/** The skeleton with the changed rows of an increment: known ids are replaced in place, new ones appended. */
export function merge(base: Skeleton, increment: Skeleton): Skeleton {
  if (increment.rows.length === 0) return { ...base, cursor: increment.cursor };
  const rows = base.rows.slice();
  const at = new Map(rows.map((row, index) => [row.id, index]));
  // Of a trace that is not here whole, what hangs below a branch that was not asked for stays out.
  const arrived = base.truncated ? reachable(at, increment.rows) : increment.rows;
  for (const row of arrived) {
    const known = at.get(row.id);
    if (known === undefined) {
      at.set(row.id, rows.length);
      rows.push(row);
    } else {
      // A parent that the increment could not name does not undo one that is known.
      const { parentId, children } = rows[known]!;
      rows[known] = {
        ...row,
        parentId: row.parentId === UNKNOWN_PARENT ? parentId : row.parentId,
        children: row.children ?? children,
      };
    }
  }
  if (increment.rollups) markRollups(rows, new Set(increment.rollups));
  const total = Math.max(increment.total, rows.length);
  return {
    traceId: base.traceId,
    rows,
    total,
    truncated: (base.truncated || increment.truncated) && rows.length < total,
    cursor: increment.cursor,
  };
}

/** The skeleton with a branch of it that was left out at first. It stays as old as it was. */
export function graft(base: Skeleton, branch: Skeleton): Skeleton {
  return { ...merge(base, branch), cursor: base.cursor };
}

/** Rows that are known, roots, and what hangs on either. */
function reachable(known: ReadonlyMap<string, number>, rows: SpanRow[]): SpanRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]));
  const fits = new Map<string, boolean>();
  for (const row of rows) {
    const path = new Set<string>();
    let answer = false;
    for (let at: SpanRow | undefined = row; at; at = byId.get(at.parentId)) {
      const decided: boolean | undefined =
        fits.get(at.id) ?? (known.has(at.id) || at.parentId === "" || known.has(at.parentId) || undefined);
      if (decided !== undefined || path.has(at.id)) {
        answer = decided ?? false;
        fits.set(at.id, answer);
        break;
      }
      path.add(at.id);
    }
    for (const id of path) fits.set(id, answer);
  }
  return rows.filter(({ id }) => fits.get(id));
}

function markRollups(rows: SpanRow[], rollups: ReadonlySet<string>): void {
  rows.forEach((row, index) => {
    const flags = rollups.has(row.id) ? row.flags | FLAG.notSummed : row.flags & ~FLAG.notSummed;
    if (flags !== row.flags) rows[index] = { ...row, flags };
  });
}
