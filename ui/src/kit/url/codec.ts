// Typed state in the address: a codec per parameter, a default that is never written.
import { parseSearch, type Search } from "./search";

export interface Field<T> {
  /** undefined: this text means nothing here; the caller drops it and says so. */
  parse: (text: string) => T | undefined;
  print: (value: T) => string;
  default: T;
}

export type Codec<S extends object> = { [K in keyof S]: Field<S[K]> };

/** Any text, ids included. */
export function text(fallback = ""): Field<string> {
  return { parse: (value) => value, print: (value) => value, default: fallback };
}

/** A text that may be absent. */
export function optional(): Field<string | undefined> {
  return { parse: (value) => value, print: (value) => value ?? "", default: undefined };
}

/** One of a few words. */
export function oneOf<T extends string>(words: readonly T[], fallback: T): Field<T> {
  return {
    parse: (value) => words.find((word) => word === value),
    print: (value) => value,
    default: fallback,
  };
}

/** 1 and 0. */
export function flag(fallback = false): Field<boolean> {
  return {
    parse: (value) => (value === "1" ? true : value === "0" ? false : undefined),
    print: (value) => (value ? "1" : "0"),
    default: fallback,
  };
}

/** A whole number within bounds. */
export function integer(
  fallback: number,
  lowest = Number.MIN_SAFE_INTEGER,
  highest = Number.MAX_SAFE_INTEGER,
): Field<number> {
  return {
    parse: (value) => {
      const number = /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
      return number >= lowest && number <= highest ? number : undefined;
    },
    print: String,
    default: fallback,
  };
}

/** Texts joined by commas; a comma inside one is written "\,", a backslash "\\". */
export function list(fallback: readonly string[] = [], most = 200): Field<readonly string[]> {
  return {
    parse: (value) => splitList(value).slice(0, most),
    // One empty text and no text at all would look alike.
    print: (values) => (values.length === 1 && values[0] === "" ? "\\e" : values.map(escapeItem).join(",")),
    default: fallback,
  };
}

const escapeItem = (item: string): string => item.replace(/[\\,]/g, (sign) => `\\${sign}`);

function splitList(value: string): string[] {
  if (value === "") return [];
  if (value === "\\e") return [""];
  const items: string[] = [];
  let item = "";
  for (let at = 0; at < value.length; at++) {
    const sign = value.charAt(at);
    if (sign === ",") {
      items.push(item);
      item = "";
    } else item += sign === "\\" && at + 1 < value.length ? value.charAt(++at) : sign;
  }
  return [...items, item];
}

export interface Read<S> {
  state: S;
  /** Parameters whose text meant nothing. */
  ignored: string[];
}

/** The state that an address holds. Never throws. */
export function readState<S extends object>(codec: Codec<S>, search: Search | string): Read<S> {
  const given = typeof search === "string" ? parseSearch(search) : search;
  const state = {} as S;
  const ignored: string[] = [];
  for (const name of Object.keys(codec) as (keyof S & string)[]) {
    const field = codec[name];
    state[name] = field.default;
    if (!Object.hasOwn(given, name)) continue;
    const value = field.parse(String(given[name]));
    if (value === undefined) ignored.push(name);
    else state[name] = value;
  }
  return { state, ignored };
}

/** The address' parameters after a change; foreign parameters stay, defaults are left out. */
export function writeState<S extends object>(codec: Codec<S>, before: Search, change: Partial<S>): Search {
  const after: Search = { ...before };
  for (const name of Object.keys(change) as (keyof S & string)[]) {
    const field = codec[name];
    if (!field) continue;
    const value = change[name];
    const printed = value === undefined ? undefined : field.print(value as S[typeof name]);
    const standard = field.default === undefined ? undefined : field.print(field.default);
    if (printed === undefined || printed === standard) delete after[name];
    else after[name] = printed;
  }
  return after;
}
