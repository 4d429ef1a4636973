// The tree of one trace over typed arrays: O(n), without recursion, because traces have 50,000 spans and chains have
// thousands of levels. Nodes are in order of time; the last node may be the synthetic "missing parent" row.
import { FLAG, type Skeleton, type SpanRow, UNKNOWN_PARENT } from "./skeleton";

export const MARK = { orphan: 1, cycle: 2, skewed: 4, late: 8, missingParent: 16 } as const;
export const MISSING_PARENT_ID = "\u0000missing-parent";
/** Clocks and rounding differ by this much without any meaning. */
const TOLERANCE_US = 1_000;

export interface TraceModel {
  traceId: string;
  /** Nodes, the synthetic one included. */
  count: number;
  /** Real spans. */
  spans: number;
  total: number;
  truncated: boolean;
  cursor: string;
  /** Microseconds of the epoch of the earliest start; all times below are relative to it. */
  t0: number;
  /** End of the last span (a span without an end counts by its start), relative. */
  end: number;
  rows: SpanRow[];
  indexOf: Map<string, number>;
  start: Float64Array;
  /** -1 when unknown. */
  duration: Float64Array;
  level: Uint8Array;
  marks: Uint8Array;
  parent: Int32Array;
  firstChild: Int32Array;
  nextSibling: Int32Array;
  /** Pre-order, and the place of each node in it. */
  order: Int32Array;
  place: Int32Array;
  depth: Int32Array;
  /** Nodes of the subtree, the node included. */
  size: Int32Array;
  sumCost: Float64Array;
  sumTokens: Float64Array;
  minStart: Float64Array;
  maxEnd: Float64Array;
  worst: Uint8Array;
  /** Children that are not here yet. */
  unread: Int32Array;
  maxDepth: number;
  errors: number;
  warnings: number;
}

export function buildModel(skeleton: Skeleton): TraceModel {
  const rows = inOrder(withoutDuplicates(skeleton.rows));
  const indexOf = new Map<string, number>();
  rows.forEach((row, index) => indexOf.set(row.id, index));
  const { parent, marks } = parentsOf(rows, indexOf);
  cutCycles(parent, marks);
  const spans = rows.length;
  addMissingParent(rows, parent, marks, indexOf);
  return summed(skeleton, rows, spans, indexOf, parent.slice(0, rows.length), marks.slice(0, rows.length));
}

function withoutDuplicates(rows: SpanRow[]): SpanRow[] {
  const kept = new Map<string, SpanRow>();
  for (const row of rows) {
    const other = kept.get(row.id);
    if (other === undefined || row.start < other.start) kept.set(row.id, row);
  }
  return kept.size === rows.length ? rows.slice() : [...kept.values()];
}

function endOf(row: SpanRow): number {
  return row.duration < 0 ? row.start : row.start + row.duration;
}

function compare(a: SpanRow, b: SpanRow): number {
  return a.start - b.start || endOf(a) - endOf(b) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

function inOrder(rows: SpanRow[]): SpanRow[] {
  for (let i = 1; i < rows.length; i++) if (compare(rows[i - 1]!, rows[i]!) > 0) return rows.sort(compare);
  return rows;
}

function parentsOf(rows: SpanRow[], indexOf: Map<string, number>) {
  // One place more than there are rows: the synthetic node.
  const parent = new Int32Array(rows.length + 1).fill(-1);
  const marks = new Uint8Array(rows.length + 1);
  rows.forEach((row, index) => {
    if (row.parentId === "") return;
    const found = row.parentId === UNKNOWN_PARENT ? undefined : indexOf.get(row.parentId);
    if (found === undefined) marks[index]! |= MARK.orphan;
    else if (found === index) marks[index]! |= MARK.cycle;
    else parent[index] = found;
  });
  return { parent, marks };
}

/** Each cycle is cut at its earliest span, which becomes a root. */
function cutCycles(parent: Int32Array, marks: Uint8Array): void {
  const seen = new Int32Array(parent.length);
  for (let from = 0; from < parent.length; from++) {
    let node = from;
    while (node !== -1 && seen[node] === 0) {
      seen[node] = from + 1;
      node = parent[node]!;
    }
    if (node === -1 || seen[node] !== from + 1) continue;
    let earliest = node;
    for (let at = parent[node]!; at !== node; at = parent[at]!) earliest = Math.min(earliest, at);
    parent[earliest] = -1;
    marks[earliest]! |= MARK.cycle;
  }
}

/** Orphans beside other roots go under one row that says so; a single orphan is simply the root. */
function addMissingParent(
  rows: SpanRow[],
  parent: Int32Array,
  marks: Uint8Array,
  indexOf: Map<string, number>,
) {
  const orphans: number[] = [];
  let roots = 0;
  for (let i = 0; i < rows.length; i++) {
    if (parent[i] !== -1) continue;
    roots++;
    if (marks[i]! & MARK.orphan) orphans.push(i);
  }
  if (orphans.length === 0 || roots === 1) return;
  const node = rows.length;
  const first = rows[orphans[0]!]!;
  let end = first.start;
  for (const orphan of orphans) {
    parent[orphan] = node;
    end = Math.max(end, endOf(rows[orphan]!));
  }
  rows.push({ ...NOTHING, id: MISSING_PARENT_ID, start: first.start, duration: end - first.start });
  marks[node] = MARK.missingParent;
  indexOf.set(MISSING_PARENT_ID, node);
}

const NOTHING: SpanRow = {
  id: "",
  parentId: "",
  name: "Missing parent",
  type: "SPAN",
  level: 1,
  start: 0,
  duration: -1,
  ttft: -1,
  model: "",
  tokensIn: 0,
  tokensOut: 0,
  tokens: 0,
  cost: NaN,
  flags: 0,
};

function summed(
  skeleton: Skeleton,
  rows: SpanRow[],
  spans: number,
  indexOf: Map<string, number>,
  parent: Int32Array,
  marks: Uint8Array,
): TraceModel {
  const count = rows.length;
  const t0 = spans > 0 ? rows[0]!.start : 0;
  const columns = {
    start: new Float64Array(count),
    duration: new Float64Array(count),
    level: new Uint8Array(count),
    sumCost: new Float64Array(count),
    sumTokens: new Float64Array(count),
    minStart: new Float64Array(count),
    maxEnd: new Float64Array(count),
    worst: new Uint8Array(count),
  };
  let [errors, warnings] = [0, 0];
  for (let i = 0; i < count; i++) {
    const row = rows[i]!;
    columns.start[i] = row.start - t0;
    columns.duration[i] = row.duration;
    columns.level[i] = row.level;
    columns.sumCost[i] = NaN;
    columns.minStart[i] = row.start - t0;
    columns.maxEnd[i] = endOf(row) - t0;
    columns.worst[i] = row.level;
    if (row.level === 3) errors++;
    if (row.level === 2) warnings++;
  }
  const links = linkChildren(parent);
  const walk = preOrder(parent, links);
  const unread = unreadOf(rows, parent);
  foldUp(rows, parent, walk.order, columns, walk.size);
  markSkew(parent, marks, columns.start, columns.duration);
  let end = 0;
  for (let i = 0; i < count; i++) end = Math.max(end, columns.start[i]! + Math.max(0, columns.duration[i]!));
  const { traceId, total, truncated, cursor } = skeleton;
  const base = {
    traceId,
    count,
    spans,
    total: Math.max(total, spans),
    truncated,
    cursor,
    t0,
    end,
    rows,
    indexOf,
  };
  return { ...base, ...columns, ...links, ...walk, unread, parent, marks, errors, warnings };
}

/** Of a trace that is here whole, 0 everywhere. */
function unreadOf(rows: SpanRow[], parent: Int32Array): Int32Array {
  const unread = new Int32Array(rows.length);
  rows.forEach(({ children }, node) => (unread[node] = children ?? 0));
  for (const above of parent) if (above >= 0 && unread[above]! > 0) unread[above]!--;
  return unread;
}

function linkChildren(parent: Int32Array) {
  const firstChild = new Int32Array(parent.length).fill(-1);
  const nextSibling = new Int32Array(parent.length).fill(-1);
  for (let i = parent.length - 1; i >= 0; i--) {
    const above = parent[i]!;
    if (above < 0) continue;
    nextSibling[i] = firstChild[above]!;
    firstChild[above] = i;
  }
  return { firstChild, nextSibling };
}

function preOrder(parent: Int32Array, links: { firstChild: Int32Array; nextSibling: Int32Array }) {
  const count = parent.length;
  const order = new Int32Array(count);
  const place = new Int32Array(count);
  const depth = new Int32Array(count);
  let [filled, maxDepth] = [0, 0];
  const visit = (node: number) => {
    place[node] = filled;
    order[filled++] = node;
    const above = parent[node]!;
    depth[node] = above < 0 ? 0 : depth[above]! + 1;
    maxDepth = Math.max(maxDepth, depth[node]!);
  };
  for (let root = 0; root < count; root++) {
    if (parent[root] !== -1) continue;
    visit(root);
    // Down to the first child, else to the next sibling of the nearest ancestor that has one.
    let node = root;
    while (node !== -1) {
      let next = links.firstChild[node]!;
      while (next === -1 && node !== root) {
        next = links.nextSibling[node]!;
        if (next === -1) node = parent[node]!;
      }
      if (next !== -1) visit(next);
      node = next;
    }
  }
  return { order, place, depth, maxDepth, size: new Int32Array(count).fill(1) };
}

interface Sums {
  sumCost: Float64Array;
  sumTokens: Float64Array;
  minStart: Float64Array;
  maxEnd: Float64Array;
  worst: Uint8Array;
}

/**
 * Sums of each subtree, as the server makes them: a roll-up repeats what lies below it and adds no tokens; its cost
 * counts only where something below has tokens and no price.
 */
function foldUp(rows: SpanRow[], parent: Int32Array, order: Int32Array, sums: Sums, size: Int32Array): void {
  const unpriced = new Uint8Array(parent.length);
  for (let at = order.length - 1; at >= 0; at--) {
    const node = order[at]!;
    const { tokens, cost, flags } = rows[node]!;
    if (!(flags & FLAG.notSummed)) {
      sums.sumTokens[node]! += tokens;
      sums.sumCost[node] = plus(sums.sumCost[node]!, cost);
      if (tokens > 0 && Number.isNaN(cost)) unpriced[node] = 1;
    } else if (unpriced[node] && !Number.isNaN(cost)) {
      sums.sumCost[node] = cost;
      unpriced[node] = 0;
    }
    const above = parent[node]!;
    if (above < 0) continue;
    if (unpriced[node]) unpriced[above] = 1;
    size[above]! += size[node]!;
    sums.sumCost[above] = plus(sums.sumCost[above]!, sums.sumCost[node]!);
    sums.sumTokens[above]! += sums.sumTokens[node]!;
    sums.minStart[above] = Math.min(sums.minStart[above]!, sums.minStart[node]!);
    sums.maxEnd[above] = Math.max(sums.maxEnd[above]!, sums.maxEnd[node]!);
    sums.worst[above] = Math.max(sums.worst[above]!, sums.worst[node]!);
  }
}

function plus(a: number, b: number): number {
  if (Number.isNaN(a)) return b;
  return Number.isNaN(b) ? a : a + b;
}

/** Skewed: starts before its parent. Late: ends after its parent ended (work that nobody waited for). */
function markSkew(parent: Int32Array, marks: Uint8Array, start: Float64Array, duration: Float64Array): void {
  for (let i = 0; i < parent.length; i++) {
    const above = parent[i]!;
    if (above < 0 || marks[above]! & MARK.missingParent) continue;
    if (start[i]! < start[above]! - TOLERANCE_US) marks[i]! |= MARK.skewed;
    const known = duration[i]! >= 0 && duration[above]! >= 0;
    const over = start[i]! + duration[i]! - (start[above]! + duration[above]!);
    if (known && over > TOLERANCE_US) marks[i]! |= MARK.late;
  }
}

/** Ancestors of a node, nearest first. */
export function ancestors(model: TraceModel, node: number): number[] {
  const found: number[] = [];
  for (let at = model.parent[node] ?? -1; at >= 0; at = model.parent[at]!) found.push(at);
  return found;
}

/** The end of a node, relative; its start when the end is unknown. */
export function nodeEnd(model: TraceModel, node: number): number {
  return model.start[node]! + Math.max(0, model.duration[node]!);
}

export function hasMark(model: TraceModel, node: number, mark: number): boolean {
  return (model.marks[node]! & mark) !== 0;
}
