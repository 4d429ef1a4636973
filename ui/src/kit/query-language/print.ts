// Tree -> q text. parse(print(tree)) is the same tree; print(parse(text)) is stable.
import { KEYED, type FieldRef, type Query, type Simple, type Term, type Value } from "./ast";

const BARE = /^[^\s()"]+$/;

export function quote(text: string): string {
  return `"${text.replace(/["\\]/g, "\\$&")}"`;
}

function bareOr(text: string, isBare: boolean): string {
  return isBare && BARE.test(text) ? text : quote(text);
}

export function printField(field: FieldRef): string {
  if (field.key !== undefined) {
    return `${field.name}.${bareOr(field.key, !field.key.includes(":"))}`;
  }
  const { name } = field;
  const isSpecial =
    name.includes(":") || name.startsWith("-") || KEYED.some((prefix) => name.startsWith(`${prefix}.`));
  return bareOr(name, !isSpecial);
}

/** An end of a range next to its dots. */
function printEnd(text: string): string {
  if (text === "") return "";
  return bareOr(text, !text.includes("..") && !/^[.=*<>]|\.$/.test(text));
}

function printSimple(value: Simple): string {
  const { text } = value;
  const isPlain =
    !text.includes("*") && !text.includes("..") && !/^[=<>]/.test(text) && text !== "OR" && text !== "AND";
  switch (value.kind) {
    case "atom":
      return bareOr(text, isPlain);
    case "exact":
      return `=${bareOr(text, true)}`;
    case "glob": {
      if (text === "" && value.before && !value.after) return "*";
      return `${value.before ? "*" : ""}${bareOr(text, isPlain)}${value.after ? "*" : ""}`;
    }
  }
}

export function printValue(value: Value): string {
  switch (value.kind) {
    case "compare":
      return `${value.op}${bareOr(value.text, !value.text.startsWith("="))}`;
    case "range":
      return `${value.lo === "" ? "" : printEnd(value.lo)}..${printEnd(value.hi)}`;
    case "list":
      return `(${value.items.map(printSimple).join(` ${value.join} `)})`;
    default:
      return printSimple(value);
  }
}

export function printTerm(term: Term): string {
  if (term.kind === "bad") return term.raw;
  const minus = term.negated ? "-" : "";
  switch (term.kind) {
    case "field":
      return `${minus}${printField(term.field)}:${printValue(term.value)}`;
    case "group":
      return `${minus}(${term.any.map(print).join(" OR ")})`;
    case "text": {
      const { text } = term;
      const isPlain = !text.startsWith("-") && !text.includes(":") && text !== "OR" && text !== "AND";
      return `${minus}${bareOr(text, isPlain)}`;
    }
  }
}

export function print(query: Query): string {
  return query.map(printTerm).join(" ");
}
