// Tests a live event against the current filter, as far as its few fields allow: true, false, or unknown (null).
import type { Leaf, Node } from "./node";

export type Known = Record<string, string | string[] | number | boolean | null | undefined>;

export function matches(node: Node | undefined, event: Known): boolean | null {
  if (!node) return true;
  if ("and" in node) return all(node.and.map((child) => matches(child, event)));
  if ("or" in node) return flip(all(node.or.map((child) => flip(matches(child, event)))));
  if ("not" in node) return flip(matches(node.not, event));
  return leafMatches(node, event);
}

function all(results: (boolean | null)[]): boolean | null {
  if (results.includes(false)) return false;
  return results.includes(null) ? null : true;
}

function flip(result: boolean | null): boolean | null {
  return result === null ? null : !result;
}

function leafMatches(leaf: Leaf, event: Known): boolean | null {
  const value = leaf.key === undefined ? event[leaf.field] : undefined;
  if (value === undefined || typeof value === "number") return null;
  const words = (Array.isArray(value) ? value : [value ?? ""]).map(String);
  const wanted = (Array.isArray(leaf.value) ? leaf.value : [leaf.value]).map(String);
  switch (leaf.op) {
    case "is":
    case "in":
      return words.some((word) => wanted.includes(word));
    case "all":
      return wanted.every((word) => words.includes(word));
    case "exists":
      return words.some((word) => word !== "") === (leaf.value === true);
    case "contains":
      return words.some((word) => word.includes(wanted[0]!));
    case "starts":
      return words.some((word) => word.startsWith(wanted[0]!));
    case "ends":
      return words.some((word) => word.endsWith(wanted[0]!));
    default:
      return null;
  }
}
