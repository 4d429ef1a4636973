// What may be written at the caret. Values of a field come from the server; this says which ones to ask for.
import type { FieldRef } from "./ast";
import { KEYED } from "./ast";
import type { Field, FieldSet } from "./fields";
import { isNumeric } from "./fields";
import { print, printField } from "./print";

export type Suggestion = {
  /** Replaces the text from `from` to `to`. */
  insert: string;
  from: number;
  to: number;
  label: string;
  detail?: string;
  /** A finished value: a space follows and the list closes. */
  final: boolean;
};

export type Place =
  | { kind: "field"; prefix: string; from: number; to: number }
  | { kind: "key"; field: FieldRef; prefix: string; from: number; to: number }
  | { kind: "value"; field: FieldRef; prefix: string; from: number; to: number };

/** Where the caret stands: in the name of a field, in the key of one, or in a value. */
export function placeAt(source: string, caret: number): Place {
  const lists: (FieldRef | null)[] = [];
  let start = 0;
  let isQuoted = false;
  for (let at = 0; at < caret; at++) {
    const sign = source.charAt(at);
    if (sign === '"') isQuoted = !isQuoted;
    else if (isQuoted && sign === "\\") at++;
    else if (isQuoted) continue;
    else if (sign === "(") {
      lists.push(fieldBefore(source.slice(start, at)));
      start = at + 1;
    } else if (sign === ")") {
      lists.pop();
      start = at + 1;
    } else if (/\s/.test(sign)) start = at + 1;
  }
  return placeIn(source, start, caret, lists[lists.length - 1] ?? null);
}

function fieldBefore(piece: string): FieldRef | null {
  const colon = colonIn(piece);
  return colon === piece.length - 1 && colon > 0 ? refOf(piece.slice(0, colon)) : null;
}

/** The first colon outside of quotes, or -1. */
function colonIn(piece: string): number {
  let isQuoted = false;
  for (let at = 0; at < piece.length; at++) {
    if (piece[at] === '"') isQuoted = !isQuoted;
    else if (piece[at] === ":" && !isQuoted) return at;
  }
  return -1;
}

function unquote(text: string): string {
  return text.replace(/^"|"$/g, "").replace(/\\(["\\])/g, "$1");
}

function refOf(piece: string): FieldRef {
  const name = piece.replace(/^-/, "");
  const keyed = KEYED.find((prefix) => name.startsWith(`${prefix}.`));
  return keyed ? { name: keyed, key: unquote(name.slice(keyed.length + 1)) } : { name: unquote(name) };
}

function placeIn(source: string, start: number, caret: number, list: FieldRef | null): Place {
  const piece = source.slice(start, caret);
  const to = wordEnd(source, caret);
  if (list) return { kind: "value", field: list, prefix: unquote(piece), from: start, to };
  const colon = colonIn(piece);
  if (colon > 0) {
    const operator = /^(?:>=|<=|[<>=*])?/.exec(piece.slice(colon + 1))![0];
    const from = start + colon + 1 + operator.length;
    return {
      kind: "value",
      field: refOf(piece.slice(0, colon)),
      prefix: unquote(source.slice(from, caret)),
      from,
      to,
    };
  }
  const from = start + (piece.startsWith("-") ? 1 : 0);
  const name = source.slice(from, caret);
  const keyed = KEYED.find((prefix) => name.startsWith(`${prefix}.`));
  if (keyed)
    return { kind: "key", field: { name: keyed }, prefix: unquote(name.slice(keyed.length + 1)), from, to };
  return { kind: "field", prefix: name, from, to };
}

function wordEnd(source: string, caret: number): number {
  let at = caret;
  while (at < source.length && !/[\s()":]/.test(source.charAt(at))) at++;
  return source.charAt(at) === ":" ? at + 1 : at;
}

export function suggestFields(
  place: Extract<Place, { kind: "field" }>,
  fields: FieldSet,
  recent: string[],
): Suggestion[] {
  const wanted = place.prefix.toLowerCase();
  const rank = (field: Field) => {
    const name = field.name.toLowerCase();
    if (name.startsWith(wanted)) return 0;
    if (field.label.toLowerCase().startsWith(wanted)) return 1;
    return wanted.length > 1 && (name.includes(wanted) || field.label.toLowerCase().includes(wanted)) ? 2 : 3;
  };
  const use = (field: Field) => {
    const place = recent.indexOf(field.name);
    return place < 0 ? recent.length : place;
  };
  return fields.list
    .filter((field) => field.filter && rank(field) < 3)
    .map((field, index) => ({ field, index }))
    .sort((a, b) => rank(a.field) - rank(b.field) || use(a.field) - use(b.field) || a.index - b.index)
    .map(({ field }) => ({
      insert: (KEYED as readonly string[]).includes(field.name) ? `${field.name}.` : `${field.name}:`,
      from: place.from,
      to: place.to,
      label: (KEYED as readonly string[]).includes(field.name) ? `${field.name}.…` : field.name,
      detail: field.help ?? field.label,
      final: false,
    }));
}

const EXAMPLES: Partial<Record<Field["type"], string[]>> = {
  duration: [">1s", ">5s", "<500ms"],
  money: [">$0.01", ">$0.1", ">$1"],
  number: [">0", ">1k", ">10k"],
  datetime: ["<1h", "<1d", ">1d"],
  boolean: ["true", "false"],
};

/** Values that need no server: booleans, and what a comparison looks like. */
export function suggestExamples(place: Extract<Place, { kind: "value" }>, field: Field): Suggestion[] {
  const { from, to } = place;
  const examples = isNumeric(field.type) || field.type === "datetime" || field.type === "boolean";
  if (!examples) return [];
  return (EXAMPLES[field.type] ?? [])
    .filter((text) => text.startsWith(place.prefix))
    .map((text) => ({ insert: text, from, to, label: text, detail: field.label, final: true }));
}

/** A value from the server, written as it must be. */
export function suggestValue(
  place: Extract<Place, { kind: "value" }>,
  value: string,
  detail?: string,
): Suggestion {
  const term = print([
    { kind: "field", negated: false, field: { name: "x" }, value: { kind: "atom", text: value } },
  ]);
  return { insert: term.slice(2), from: place.from, to: place.to, label: value, detail, final: true };
}

export function suggestKey(place: Extract<Place, { kind: "key" }>, key: string): Suggestion {
  const name = printField({ name: place.field.name, key });
  return { insert: `${name}:`, from: place.from, to: place.to, label: name, final: false };
}

export function apply(source: string, suggestion: Suggestion): { text: string; caret: number } {
  const before = source.slice(0, suggestion.from) + suggestion.insert;
  const after = source.slice(suggestion.to);
  const gap = suggestion.final && !/^[\s)]/.test(after) ? " " : "";
  return {
    text: before + gap + after,
    caret: before.length + (suggestion.final && !after.startsWith(")") ? 1 : 0),
  };
}
