// What the agent graph shows: spans by name with counts (aggregated), or each span once (as it ran). Edges say what led
// to what: parent to first step, and step to the steps that could start only after it. Pure; layout comes later.
import { nodeEnd, type TraceModel } from "./model";

export const NODE_BUDGET = 400;
export const EDGE_BUDGET = 2_000;
/** Of a step after a wide fan-out so many predecessors are drawn. */
const PREDECESSORS = 20;

export interface GraphNode {
  key: string;
  name: string;
  type: string;
  /** Spans behind the node, in order of time. */
  spans: number[];
  /** Mean duration of the spans whose end is known, in microseconds; NaN for none. */
  mean: number;
  errors: number;
  tokens: number;
  /** Calls that follow directly on one of the same node. */
  repeats: number;
}

export interface GraphEdge {
  from: string;
  to: string;
  count: number;
}

export interface Graph {
  nodes: GraphNode[];
  edges: GraphEdge[];
  /** Nodes and edges left out by the budgets. */
  omittedNodes: number;
  omittedEdges: number;
}

/** Nearest ancestor that is not masked, -1 for none. */
function visibleParents(model: TraceModel, skip: Uint8Array): Int32Array {
  const parent = new Int32Array(model.count).fill(-1);
  for (const node of model.order) {
    const above = model.parent[node]!;
    if (above >= 0) parent[node] = skip[above] ? parent[above]! : above;
  }
  return parent;
}

/** Calls `edge` for each pair of steps where the second could start only after the first, siblings by siblings. */
export function sequence(
  model: TraceModel,
  siblings: number[],
  edge: (from: number, to: number) => boolean,
): number[] {
  const byEnd = siblings.toSorted((a, b) => nodeEnd(model, a) - nodeEnd(model, b) || a - b);
  const first: number[] = [];
  const ended: number[] = [];
  // The ended step that began last: whatever ended before it began is not a direct predecessor.
  let latest = -1;
  let next = 0;
  for (const node of siblings) {
    const start = model.start[node]!;
    while (next < byEnd.length && nodeEnd(model, byEnd[next]!) <= start) {
      const done = byEnd[next]!;
      // Spans without length at the same moment: order of time breaks the tie.
      if (done >= node) break;
      next++;
      ended.push(done);
      latest = Math.max(latest, done);
    }
    let before = 0;
    for (let at = ended.length - 1; at >= 0 && before < PREDECESSORS; at--) {
      const other = ended[at]!;
      const gap = model.start[latest]! - nodeEnd(model, other);
      if (gap > 0) break;
      if (gap === 0 && other !== latest) continue;
      before++;
      if (!edge(other, node)) return first;
    }
    if (before === 0) first.push(node);
  }
  return first;
}

export function buildGraph(model: TraceModel, aggregated: boolean, mask?: Uint8Array): Graph {
  const skip = new Uint8Array(model.count);
  for (let i = 0; i < model.count; i++) {
    const gone = i >= model.spans || model.rows[i]!.type === "EVENT" || mask?.[i];
    if (gone) skip[i] = 1;
  }
  const parent = visibleParents(model, skip);
  const keyOf = (node: number) => {
    const row = model.rows[node]!;
    return aggregated ? `${row.type}\u0000${row.name}` : row.id;
  };
  const { nodes, omitted } = collectNodes(model, skip, keyOf);
  const edges = new Map<string, GraphEdge>();
  let omittedEdges = 0;
  const add = (from: number, to: number): boolean => {
    const [a, b] = [keyOf(from), keyOf(to)];
    const [source, target] = [nodes.get(a), nodes.get(b)];
    if (!source || !target) return true;
    if (a === b) {
      source.repeats++;
      return true;
    }
    const key = `${a}\u0001${b}`;
    const edge = edges.get(key);
    if (edge) edge.count++;
    else if (edges.size >= EDGE_BUDGET) omittedEdges++;
    else edges.set(key, { from: a, to: b, count: 1 });
    // As it ran every further edge is a new one: no use in counting millions of them.
    return aggregated || omittedEdges < EDGE_BUDGET;
  };
  for (const [above, siblings] of siblingGroups(model, parent, skip)) {
    const first = sequence(model, siblings, add);
    if (above >= 0) for (const node of first) if (!add(above, node)) break;
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()], omittedNodes: omitted, omittedEdges };
}

function collectNodes(model: TraceModel, skip: Uint8Array, keyOf: (node: number) => string) {
  const nodes = new Map<string, GraphNode>();
  const left = new Set<string>();
  const timed = new Map<string, number>();
  for (let i = 0; i < model.spans; i++) {
    if (skip[i]) continue;
    const row = model.rows[i]!;
    const key = keyOf(i);
    let node = nodes.get(key);
    if (!node) {
      if (nodes.size >= NODE_BUDGET) {
        left.add(key);
        continue;
      }
      node = { key, name: row.name, type: row.type, spans: [], mean: NaN, errors: 0, tokens: 0, repeats: 0 };
      nodes.set(key, node);
    }
    node.spans.push(i);
    node.tokens += row.tokens;
    if (row.level === 3) node.errors++;
    if (row.duration >= 0) {
      const known = (timed.get(key) ?? 0) + 1;
      timed.set(key, known);
      node.mean = known === 1 ? row.duration : node.mean + (row.duration - node.mean) / known;
    }
  }
  return { nodes, omitted: left.size };
}

function siblingGroups(model: TraceModel, parent: Int32Array, skip: Uint8Array): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (let i = 0; i < model.spans; i++) {
    if (skip[i]) continue;
    const group = groups.get(parent[i]!);
    if (group) group.push(i);
    else groups.set(parent[i]!, [i]);
  }
  return groups;
}
