// The rows that tree, timeline and log show: the pre-order walk under folding, masks and repeat groups. O(visible).
import type { TraceModel } from "./model";

export const REPEATS_FROM = 4;
/** Types that are steps of an LLM application; everything else is wrapping. */
const STEPS = new Set(["GENERATION", "AGENT", "TOOL", "RETRIEVER", "EMBEDDING", "EVALUATOR", "GUARDRAIL"]);

export interface RowOptions {
  /** Ids whose subtree is closed. */
  folded: ReadonlySet<string>;
  /** Lowest level that is shown. */
  minLevel: number;
  /** Spans shorter than this share of the trace (0..1) are hidden. */
  minShare: number;
  /** Only agents, generations, tools and the like. */
  stepsOnly: boolean;
  /** Runs of siblings of one name become one row. */
  repeats: boolean;
  /** Ids of the first span of each repeat group that is open. */
  opened: ReadonlySet<string>;
}

export const PLAIN: RowOptions = {
  folded: new Set(),
  minLevel: 0,
  minShare: 0,
  stepsOnly: false,
  repeats: false,
  opened: new Set(),
};

export interface Rows {
  length: number;
  /** Node of each row; of a repeat group its first span. */
  node: Int32Array;
  depth: Int32Array;
  /** Row of the visible parent, -1 for none. */
  parent: Int32Array;
  /** 0 for a span, else how many spans a repeat group stands for. */
  repeat: Int32Array;
  /** Position among the visible siblings, from 1, and how many there are. */
  position: Int32Array;
  siblings: Int32Array;
  /** 0 leaf, 1 open, 2 closed: what lies inside is folded, or is not here yet. */
  state: Uint8Array;
  /** Of the row that stands for children which are not here yet: how many. Its node is their parent. */
  more: Int32Array;
  /** Spans that the masks hide. */
  hidden: number;
}

/** 1 for each node that level, share or type filters hide. The synthetic row never hides. */
export function maskOf(model: TraceModel, options: RowOptions): Uint8Array {
  const mask = new Uint8Array(model.count);
  const least = options.minShare * model.end;
  for (let i = 0; i < model.spans; i++) {
    const low = model.level[i]! < options.minLevel;
    const short = least > 0 && model.duration[i]! >= 0 && model.maxEnd[i]! - model.minStart[i]! < least;
    const wrap = options.stepsOnly && !STEPS.has(model.rows[i]!.type);
    if (low || short || wrap) mask[i] = 1;
  }
  return mask;
}

/** Spans of the run of equal siblings that `node` starts, as far as they are visible; 1 for no run. */
function runFrom(model: TraceModel, mask: Uint8Array, node: number): { count: number; last: number } {
  const row = model.rows[node]!;
  let [count, last] = [1, node];
  for (let at = model.nextSibling[node]!; at !== -1; at = model.nextSibling[at]!) {
    if (mask[at]) continue;
    const other = model.rows[at]!;
    if (other.name !== row.name || other.type !== row.type) break;
    count++;
    last = at;
  }
  return { count, last };
}

export function flatten(model: TraceModel, options: RowOptions, mask = maskOf(model, options)): Rows {
  // Repeat groups add at most one row for REPEATS_FROM spans, unread children one for their parent.
  const parents = model.truncated ? model.count : 0;
  const room = model.count + Math.ceil(model.count / REPEATS_FROM) + parents;
  const rows: Rows = {
    length: 0,
    node: new Int32Array(room),
    depth: new Int32Array(room),
    parent: new Int32Array(room),
    repeat: new Int32Array(room),
    position: new Int32Array(room),
    siblings: new Int32Array(room),
    state: new Uint8Array(room),
    more: new Int32Array(room),
    hidden: 0,
  };
  for (const hidden of mask) rows.hidden += hidden;
  // Children of each row; the last place is for roots.
  const children = new Int32Array(room + 1);
  const open: { end: number; row: number }[] = [];
  let runEnd = -1;

  const push = (node: number, repeat: number, state: number) => {
    const row = rows.length++;
    const parent = open.length ? open[open.length - 1]!.row : -1;
    rows.node[row] = node;
    rows.depth[row] = open.length;
    rows.parent[row] = parent;
    rows.repeat[row] = repeat;
    rows.state[row] = state;
    rows.position[row] = ++children[parent < 0 ? room : parent]!;
    return row;
  };

  // The children that are missing come last.
  const close = () => {
    const { row } = open[open.length - 1]!;
    const node = rows.node[row]!;
    if (rows.repeat[row] === 0 && model.unread[node]! > 0) rows.more[push(node, 0, 0)] = model.unread[node]!;
    open.pop();
  };

  for (let at = 0; at < model.count;) {
    while (open.length && open[open.length - 1]!.end <= at) close();
    const node = model.order[at]!;
    if (mask[node]) {
      at++;
      continue;
    }
    // A run is looked for at its first span only, not again inside itself.
    if (options.repeats && at >= runEnd && model.parent[node] !== -1) {
      const run = runFrom(model, mask, node);
      if (run.count >= REPEATS_FROM) {
        const end = model.place[run.last]! + model.size[run.last]!;
        const opened = options.opened.has(model.rows[node]!.id);
        const row = push(node, run.count, opened ? 1 : 2);
        if (!opened) {
          at = end;
          continue;
        }
        open.push({ end, row });
        runEnd = end;
      }
    }
    const leaf = model.size[node] === 1;
    const folded = !leaf && options.folded.has(model.rows[node]!.id);
    const row = push(node, 0, leaf ? (model.unread[node]! > 0 ? 2 : 0) : folded ? 2 : 1);
    if (folded) at += model.size[node]!;
    else {
      if (!leaf) open.push({ end: at + model.size[node]!, row });
      at++;
    }
  }
  while (open.length) close();
  for (let row = 0; row < rows.length; row++) {
    const parent = rows.parent[row]!;
    rows.siblings[row] = children[parent < 0 ? room : parent]!;
    // A node whose whole subtree is masked has nothing to open.
    if (rows.state[row] === 1 && children[row] === 0) rows.state[row] = 0;
  }
  return rows;
}

export interface Group {
  duration: number;
  cost: number;
  tokens: number;
  end: number;
  worst: number;
}

/** What the spans behind a repeat row add up to; the cost is NaN when none is known. */
export function groupOf(model: TraceModel, mask: Uint8Array, head: number): Group {
  const group: Group = { duration: 0, cost: NaN, tokens: 0, end: 0, worst: 0 };
  const { name, type } = model.rows[head]!;
  for (let at = head; at !== -1; at = model.nextSibling[at]!) {
    if (mask[at]) continue;
    const row = model.rows[at]!;
    if (row.name !== name || row.type !== type) break;
    group.duration += Math.max(0, row.duration);
    const cost = model.sumCost[at]!;
    if (!Number.isNaN(cost)) group.cost = (Number.isNaN(group.cost) ? 0 : group.cost) + cost;
    group.tokens += model.sumTokens[at]!;
    group.end = Math.max(group.end, model.start[at]! + Math.max(0, row.duration));
    group.worst = Math.max(group.worst, model.worst[at]!);
  }
  return group;
}

/** Row of each node (its own one, else -1): for selection and for scrolling. */
export function rowIndex(model: TraceModel, rows: Rows): Int32Array {
  const at = new Int32Array(model.count).fill(-1);
  for (let row = 0; row < rows.length; row++)
    if (rows.repeat[row] === 0 && rows.more[row] === 0) at[rows.node[row]!] = row;
  return at;
}

/** All spans in order of time: the log. */
export function chronological(model: TraceModel, mask: Uint8Array): Int32Array {
  const nodes = new Int32Array(model.spans);
  let filled = 0;
  for (let i = 0; i < model.spans; i++) if (!mask[i]) nodes[filled++] = i;
  return nodes.slice(0, filled);
}

/** What must be open so that a node has a row: its folded ancestors, and the head of its repeat group. */
export function pathTo(model: TraceModel, node: number): { ids: string[]; heads: string[] } {
  const ids: string[] = [];
  const heads: string[] = [];
  for (let at = node; at >= 0; at = model.parent[at]!) {
    if (at !== node) ids.push(model.rows[at]!.id);
    const above = model.parent[at]!;
    if (above < 0) continue;
    const { name, type } = model.rows[at]!;
    let head = -1;
    for (let child = model.firstChild[above]!; child !== -1; child = model.nextSibling[child]!) {
      const other = model.rows[child]!;
      if (other.name !== name || other.type !== type) head = -1;
      else if (head === -1) head = child;
      if (child === at) break;
    }
    if (head !== -1) heads.push(model.rows[head]!.id);
  }
  return { ids, heads };
}

/** Depth at which a row is drawn: capped by width so that names stay on screen in a chain of a thousand levels. */
export function depthCap(width: number): number {
  return Math.min(32, Math.max(8, Math.floor((width - 220) / 20)));
}

/** Nodes that contain the words in name, type, model, id or status level, in the order of rows. */
export function find(model: TraceModel, text: string): Int32Array {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return new Int32Array(0);
  const found: number[] = [];
  // Names repeat: each distinct combination is looked at once.
  const known = new Map<string, boolean>();
  const exact = model.indexOf.get(text.trim());
  for (let at = 0; at < model.count; at++) {
    const node = model.order[at]!;
    if (node >= model.spans) continue;
    const row = model.rows[node]!;
    const key = `${row.name}\u0000${row.type}\u0000${row.model}`;
    let hit = known.get(key);
    if (hit === undefined) {
      const hay = key.toLowerCase();
      hit = words.every((word) => hay.includes(word));
      known.set(key, hit);
    }
    if (
      hit ||
      node === exact ||
      (words.length === 1 && words[0]!.length >= 6 && row.id.startsWith(words[0]!))
    )
      found.push(node);
  }
  return Int32Array.from(found);
}

/** The next of the nodes after (before) the selected one in the order of rows; round the end. */
export function neighbour(model: TraceModel, nodes: ArrayLike<number>, selected: number, by: 1 | -1): number {
  if (nodes.length === 0) return -1;
  const place = selected < 0 ? (by === 1 ? -1 : model.count) : model.place[selected]!;
  let low = 0;
  let high = nodes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const at = model.place[nodes[middle]!]!;
    if (by === 1 ? at <= place : at < place) low = middle + 1;
    else high = middle;
  }
  const next = by === 1 ? low : low - 1;
  return nodes[(next + nodes.length) % nodes.length]!;
}
