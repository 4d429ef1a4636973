// The filter tree of the HTTP contract: what the server takes. Values are plain: seconds, USD, ISO times.
export type Plain = string | number | boolean;
export type Op =
  | "is"
  | "in"
  | "words"
  | "contains"
  | "starts"
  | "ends"
  | "matches"
  | "eq"
  | "gt"
  | "gte"
  | "lt"
  | "lte"
  | "between"
  | "exists"
  | "all";
export type Leaf = { field: string; op: Op; value: Plain | Plain[]; key?: string };
export type Node = { and: Node[] } | { or: Node[] } | { not: Node } | Leaf;

export function childrenOf(node: Node): Node[] {
  if ("and" in node) return node.and;
  if ("or" in node) return node.or;
  return "not" in node ? [node.not] : [];
}

/** Adds a condition that must hold as well. */
export function both(a: Node | undefined, b: Node | undefined): Node | undefined {
  return a && b ? { and: [a, b] } : (a ?? b);
}
