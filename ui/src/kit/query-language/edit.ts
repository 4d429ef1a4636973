// Changes of a query by the other two editors: the facet sidebar and the cells of a table.
// Only terms at the top level are edited; whatever stands in brackets stays as it is.
import type { FieldRef, FieldTerm, List, Query, Simple, Value } from "./ast";
import { parse } from "./parse";
import { print } from "./print";

export function sameField(a: FieldRef, b: FieldRef): boolean {
  return a.name === b.name && a.key === b.key;
}

export function isOn(field: FieldRef): (term: Query[number]) => term is FieldTerm {
  return (term): term is FieldTerm => term.kind === "field" && sameField(term.field, field);
}

function without(query: Query, field: FieldRef): Query {
  return query.filter((term) => !isOn(field)(term));
}

/** The plain values that a field is limited to and those that it must not have. */
export type Choice = { included: string[]; excluded: string[]; all: boolean; isPlain: boolean };

function wordsOf(value: Value): string[] | null {
  const items: (Simple | Value)[] = value.kind === "list" ? value.items : [value];
  const words: string[] = [];
  for (const item of items) {
    if (item.kind !== "atom" && item.kind !== "exact") return null;
    words.push(item.text);
  }
  return words;
}

export function choiceOf(query: Query, field: FieldRef): Choice {
  const choice: Choice = { included: [], excluded: [], all: false, isPlain: true };
  let including = 0;
  for (const term of query.filter(isOn(field))) {
    const words = wordsOf(term.value);
    const joined = term.value.kind === "list" ? term.value.join : "OR";
    if (!words || (term.negated && joined === "AND") || (!term.negated && including++ > 0))
      choice.isPlain = false;
    else (term.negated ? choice.excluded : choice.included).push(...words);
    if (!term.negated && joined === "AND") choice.all = true;
  }
  return choice;
}

export function valueOf(words: string[], join: List["join"] = "OR"): Value {
  const items = words.map((text): Simple => ({ kind: "atom", text }));
  return items.length === 1 ? items[0]! : { kind: "list", join, items };
}

/** Replaces all conditions on this field, in the place of the first one. */
export function setField(query: Query, field: FieldRef, value: Value | null, excluded: string[] = []): Query {
  const terms: FieldTerm[] = [];
  if (value) terms.push({ kind: "field", negated: false, field, value });
  if (excluded.length > 0) terms.push({ kind: "field", negated: true, field, value: valueOf(excluded) });
  const first = query.findIndex(isOn(field));
  const rest = without(query, field);
  const place = first < 0 ? rest.length : query.slice(0, first).filter((term) => !isOn(field)(term)).length;
  return [...rest.slice(0, place), ...terms, ...rest.slice(place)];
}

export function setChoice(
  query: Query,
  field: FieldRef,
  choice: Pick<Choice, "included" | "excluded" | "all">,
): Query {
  const { included, excluded, all } = choice;
  return setField(query, field, included.length > 0 ? valueOf(included, all ? "AND" : "OR") : null, excluded);
}

/** include: value is added to the allowed ones; exclude: to the forbidden ones; none: taken from both. */
export function choose(
  query: Query,
  field: FieldRef,
  value: string,
  how: "include" | "exclude" | "none",
): Query {
  const choice = choiceOf(query, field);
  const drop = (words: string[]) => words.filter((word) => word !== value);
  const included = drop(choice.included);
  const excluded = drop(choice.excluded);
  if (how === "include") included.push(value);
  if (how === "exclude") excluded.push(value);
  return setChoice(query, field, { included, excluded, all: choice.all });
}

/** A condition from a cell: "filter for" replaces what was said about the field, "filter out" adds to it. */
export function filterFor(q: string, field: FieldRef, value: Value): string {
  return print(setField(parse(q).query, field, value));
}

export function filterOut(q: string, field: FieldRef, value: Value): string {
  const { query } = parse(q);
  const term: FieldTerm = { kind: "field", negated: true, field, value };
  const same = print([term]);
  return query.some((known) => print([known]) === same) ? q : print([...query, term]);
}

export function removeTerm(q: string, index: number): string {
  const { query } = parse(q);
  return print(query.filter((_, place) => place !== index));
}

/** Conditions in brackets: the sidebar cannot show them. */
export function isAdvanced(query: Query): boolean {
  return query.some((term) => term.kind === "group");
}
