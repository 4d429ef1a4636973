// Reading foreign objects: what was used is remembered, so that the rest can be shown and nothing is lost.
import { NumberText, parseJson } from "@/kit/json-view/lossless";
import type { Fields } from "../types";

export const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isText = (value: unknown): value is string => typeof value === "string";

/** Says nothing: null, an empty list, an empty object. An empty text is something. */
export function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

/** The value of JSON in a string, also of JSON in JSON; every other value as it is. */
export function decode(value: unknown): unknown {
  let found = value;
  for (let level = 0; level < 3 && isText(found); level += 1) {
    const first = found.trimStart()[0];
    if (first !== "{" && first !== "[" && first !== '"') break;
    const parsed = parseJson(found);
    if (parsed === undefined) break;
    found = parsed;
  }
  return found;
}

/** A list, also one in a string; null for everything else. */
export function listOf(value: unknown): unknown[] | null {
  const found = isText(value) ? decode(value) : value;
  return Array.isArray(found) ? found : null;
}

export class Reader {
  private readonly used = new Set<string>();

  constructor(public value: Fields) {}

  has(key: string): boolean {
    return this.value[key] !== null && this.value[key] !== undefined;
  }

  /** The first of these keys that holds something. */
  get(...keys: string[]): unknown {
    const key = keys.find((candidate) => this.has(candidate));
    if (key === undefined) return undefined;
    this.used.add(key);
    return this.value[key];
  }

  /** The first of these keys that holds a text; numbers are written out, since ids may come as such. */
  text(...keys: string[]): string | undefined {
    const key = keys.find((candidate) => {
      const held = this.value[candidate];
      return isText(held) || typeof held === "number" || held instanceof NumberText;
    });
    if (key === undefined) return undefined;
    this.used.add(key);
    return String(this.value[key]);
  }

  record(...keys: string[]): Fields | undefined {
    const key = keys.find((candidate) => isRecord(this.value[candidate]));
    if (key === undefined) return undefined;
    this.used.add(key);
    return this.value[key] as Fields;
  }

  /** These are known and need not be shown, if they hold what is expected. */
  drop(...keys: string[]): this {
    for (const key of keys) this.used.add(key);
    return this;
  }

  rest(): Fields {
    const left: Fields = {};
    for (const [key, value] of Object.entries(this.value)) {
      if (!this.used.has(key) && !isEmpty(value)) left[key] = value;
    }
    return left;
  }
}

/** The fields without those that are undefined or empty. */
export function compact<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, held]) => held !== undefined)) as T;
}

/** Undefined instead of an empty object. */
export const unlessEmpty = (value: Fields): Fields | undefined =>
  Object.keys(value).length > 0 ? value : undefined;
