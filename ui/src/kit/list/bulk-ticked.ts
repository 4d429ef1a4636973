// Ticked rows as a question: what is done with all that match is done with them alone.
import { both, type Node } from "../query-language";
import type { BulkAsked } from "./bulk-all";

/** The server takes so many values in one condition. */
const MOST_VALUES = 200;

/** The question of a list, narrowed to the rows whose fields have these values (a field for each part of a row's id). */
export function onlyTicked(list: BulkAsked, ids: Record<string, readonly string[]>): BulkAsked {
  if (list.scope === null) return list;
  const filter = Object.entries(ids).reduce<Node | undefined>(
    (found, [field, values]) => both(found, oneOf(field, [...new Set(values)])),
    list.scope.filter,
  );
  return { ...list, scope: { ...list.scope, filter } };
}

function oneOf(field: string, values: readonly string[]): Node {
  const parts: Node[] = [];
  for (let from = 0; from < values.length; from += MOST_VALUES)
    parts.push({ field, op: "in", value: values.slice(from, from + MOST_VALUES) });
  return parts.length === 1 ? parts[0]! : { or: parts };
}
