// Tree + registry -> the filter that the server takes, and what is wrong with the tree.
import type { Diagnostic, FieldTerm, Query, Term } from "./ast";
import { KEYED } from "./ast";
import type { FieldSet } from "./fields";
import { leafOf, Mistake } from "./leaves";
import { childrenOf, type Node } from "./node";

/** The server's limits: nodes above each other, the leaf included; leaves in all. */
export const MAX_DEPTH = 8;
export const MAX_LEAVES = 100;

export type Compiled = { filter: Node | undefined; diagnostics: Diagnostic[] };

const NOWHERE = { from: 0, to: 0 };

/** `filter` holds what could be understood; with diagnostics it must not be sent. `now` anchors ages (`time:<2h`). */
export function toApi(query: Query, fields: FieldSet, now: number): Compiled {
  const diagnostics: Diagnostic[] = [];
  const compileTerm = (term: Term): Node | undefined => {
    try {
      return negate(positive(term), term);
    } catch (error) {
      if (!(error instanceof Mistake)) throw error;
      diagnostics.push({ ...(term.at ?? NOWHERE), message: error.message });
      return undefined;
    }
  };
  const positive = (term: Term): Node | undefined => {
    switch (term.kind) {
      case "bad":
        return undefined;
      case "text":
        if (term.text.trim() === "") throw new Mistake("The text to search for is empty.");
        return freeText(term.text);
      case "field":
        return compileField(term, fields, now);
      case "group":
        return join(
          "or",
          term.any.map((terms) => join("and", terms.map(compileTerm))),
        );
    }
  };
  const filter = join("and", query.map(compileTerm));
  if (filter) diagnostics.push(...tooLarge(filter));
  return { filter, diagnostics };
}

/** Whole words, which an index finds; `*part*` stands anywhere. */
function freeText(text: string): Node {
  const part = /^\*(.*[^*].*)\*$/s.exec(text)?.[1];
  return part === undefined
    ? { field: "text", op: "words", value: text }
    : { field: "text", op: "contains", value: part };
}

function compileField(term: FieldTerm, fields: FieldSet, now: number): Node {
  const field = fields.find(term.field);
  if (!field) throw new Mistake(unknownField(term, fields));
  return leafOf(field, term.field.key, term.value, now);
}

function unknownField({ field }: FieldTerm, fields: FieldSet): string {
  const known = fields.list.find(({ name }) => name === field.name);
  if (known?.filter && (KEYED as readonly string[]).includes(field.name))
    return `Name the key: ${field.name}.<key>:value.`;
  if (known) return `One cannot filter by ${field.name} here.`;
  return `There is no field "${field.name}" here. To search for this as text, put it in quotes.`;
}

function join(word: "and" | "or", nodes: (Node | undefined)[]): Node | undefined {
  const found = nodes.filter((node) => node !== undefined);
  if (found.length < 2) return found[0];
  return word === "and" ? { and: found } : { or: found };
}

function negate(node: Node | undefined, term: Term): Node | undefined {
  return node && term.kind !== "bad" && term.negated ? { not: node } : node;
}

export function measure(node: Node): { depth: number; leaves: number } {
  const below = childrenOf(node).map(measure);
  if (below.length === 0) return { depth: 1, leaves: 1 };
  return {
    depth: 1 + Math.max(...below.map(({ depth }) => depth)),
    leaves: below.reduce((sum, { leaves }) => sum + leaves, 0),
  };
}

function tooLarge(filter: Node): Diagnostic[] {
  const { depth, leaves } = measure(filter);
  if (leaves > MAX_LEAVES)
    return [{ ...NOWHERE, message: `A filter holds ${MAX_LEAVES} conditions at most, this one ${leaves}.` }];
  if (depth > MAX_DEPTH) return [{ ...NOWHERE, message: "The brackets of this filter are nested too deep." }];
  return [];
}
