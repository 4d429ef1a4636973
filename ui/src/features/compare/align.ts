// Two traces as one tree: spans are aligned by their name path, that is type, name and repeat index below the same
// parent. O(n), without recursion, because chains of spans have thousands of levels.
import type { TraceModel } from "@/trace/model";

/** Rows in pre-order over typed arrays; -1 stands for "not in this trace" and "no parent". */
export interface Alignment {
  count: number;
  /** Nodes of the two models. */
  a: Int32Array;
  b: Int32Array;
  parent: Int32Array;
  depth: Int32Array;
  /** Rows of the subtree, the row included. */
  size: Int32Array;
  /** Place among the rows of the same parent from 1 on, and how many these are. */
  position: Int32Array;
  siblings: Int32Array;
}

type Pair = readonly [a: number, b: number];

export function align(a: TraceModel, b: TraceModel): Alignment {
  const most = a.count + b.count;
  const columns = () => new Int32Array(most);
  const rows = {
    a: columns(),
    b: columns(),
    parent: columns(),
    depth: columns(),
    size: columns().fill(1),
    position: columns(),
    siblings: columns(),
  };
  let count = 0;
  const open: { pair: Pair; parent: number; position: number; siblings: number }[] = [];
  const push = (pairs: readonly Pair[], parent: number): void => {
    for (let at = pairs.length - 1; at >= 0; at--)
      open.push({ pair: pairs[at]!, parent, position: at + 1, siblings: pairs.length });
  };
  push(pairRoots(a, b), -1);
  for (let next = open.pop(); next; next = open.pop()) {
    const [nodeA, nodeB] = next.pair;
    const row = count++;
    rows.a[row] = nodeA;
    rows.b[row] = nodeB;
    rows.parent[row] = next.parent;
    rows.depth[row] = next.parent < 0 ? 0 : rows.depth[next.parent]! + 1;
    rows.position[row] = next.position;
    rows.siblings[row] = next.siblings;
    push(pairUp(a, childrenOf(a, nodeA), b, childrenOf(b, nodeB)), row);
  }
  for (let row = count - 1; row >= 0; row--) {
    const above = rows.parent[row]!;
    if (above >= 0) rows.size[above]! += rows.size[row]!;
  }
  return { count, ...rows };
}

/** The one root of each trace is the same thing, whatever the two are called. */
function pairRoots(a: TraceModel, b: TraceModel): Pair[] {
  const [rootsA, rootsB] = [rootsOf(a), rootsOf(b)];
  if (rootsA.length === 1 && rootsB.length === 1) return [[rootsA[0]!, rootsB[0]!]];
  return pairUp(a, rootsA, b, rootsB);
}

function rootsOf(model: TraceModel): number[] {
  const found: number[] = [];
  for (let node = 0; node < model.count; node++) if (model.parent[node] === -1) found.push(node);
  return found;
}

function childrenOf(model: TraceModel, node: number): number[] {
  const found: number[] = [];
  if (node < 0) return found;
  for (let at = model.firstChild[node]!; at !== -1; at = model.nextSibling[at]!) found.push(at);
  return found;
}

/** What each node is called among these: type, name, and which of its like it is. */
function keysOf(model: TraceModel, nodes: readonly number[]): string[] {
  const seen = new Map<string, number>();
  return nodes.map((node) => {
    const { type, name } = model.rows[node]!;
    const kind = `${type}\u0000${name}`;
    const index = seen.get(kind) ?? 0;
    seen.set(kind, index + 1);
    return `${kind}\u0000${index}`;
  });
}

/** In the order of the first; what only the second has comes before what follows it there. */
function pairUp(a: TraceModel, nodesA: readonly number[], b: TraceModel, nodesB: readonly number[]): Pair[] {
  const keysA = keysOf(a, nodesA);
  const keysB = keysOf(b, nodesB);
  const inA = new Set(keysA);
  const placeInB = new Map(keysB.map((key, place) => [key, place]));
  const pairs: Pair[] = [];
  let next = 0;
  const takeUntil = (end: number): void => {
    for (; next < end; next++) if (!inA.has(keysB[next]!)) pairs.push([-1, nodesB[next]!]);
  };
  nodesA.forEach((node, at) => {
    const place = placeInB.get(keysA[at]!);
    if (place !== undefined) takeUntil(place);
    pairs.push([node, place === undefined ? -1 : nodesB[place]!]);
  });
  takeUntil(nodesB.length);
  return pairs;
}
