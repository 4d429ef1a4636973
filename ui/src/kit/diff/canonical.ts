// JSON in one form, so that only what it says is compared: keys sorted, two spaces. Other texts stay as they are.
import { NumberText, parseJson, printJson } from "../json-view";

export function canonicalText(text: string): string {
  const value = parseJson(text);
  return value !== null && typeof value === "object" ? printJson(sorted(value), 2) : text;
}

type Fields = Record<string, unknown>;
const isHolder = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !(value instanceof NumberText);

/** A copy whose keys are in order; with a stack of its own, because the depth is the sender's choice. */
function sorted(value: object): unknown {
  const copyOf = (from: object): object => (Array.isArray(from) ? [] : {});
  const root = copyOf(value);
  const open: [from: object, to: object][] = [[value, root]];
  for (let next = open.pop(); next; next = open.pop()) {
    const [from, to] = next;
    for (const key of Array.isArray(from) ? from.keys() : Object.keys(from).toSorted()) {
      const inner = (from as Fields)[key];
      const copy = isHolder(inner) ? copyOf(inner) : inner;
      // Not an assignment: `__proto__` is a key like any other here.
      Object.defineProperty(to, key, { value: copy, enumerable: true, writable: true, configurable: true });
      if (isHolder(inner)) open.push([inner, copy as object]);
    }
  }
  return root;
}
