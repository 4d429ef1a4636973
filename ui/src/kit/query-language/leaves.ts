// One value of one field -> a condition of the server. The type of the field decides what a value means.
import type { Comparison, List, Simple, Value } from "./ast";
import { isNumeric, type Field, type FieldType } from "./fields";
import { parseAge, parseBoolean, parseInstant, parseNumber } from "./units";
import type { Leaf, Node } from "./node";

/** A value that its field does not take. The message says what it takes. */
export class Mistake extends Error {}

type Rest = Omit<Leaf, "field" | "key">;
const OPS: Record<Comparison, "gt" | "gte" | "lt" | "lte"> = {
  ">": "gt",
  ">=": "gte",
  "<": "lt",
  "<=": "lte",
};
const OPPOSITE: Record<Comparison, Comparison> = { ">": "<", ">=": "<=", "<": ">", "<=": ">=" };

export function leafOf(field: Field, key: string | undefined, value: Value, now: number): Node {
  const make = (rest: Rest): Leaf => ({ field: field.name, ...rest, ...(key === undefined ? {} : { key }) });
  if (value.kind === "glob" && value.text === "" && !value.after) return make({ op: "exists", value: true });
  if (value.kind === "list") return listOf(field, value, (item) => make(simpleOf(field, item)), make);
  return make(
    value.kind === "compare" || value.kind === "range" ? measured(field, value, now) : simpleOf(field, value),
  );
}

function listOf(field: Field, list: List, one: (item: Simple) => Leaf, make: (rest: Rest) => Leaf): Node {
  const isWords = list.items.every((item) => item.kind !== "glob") && !isNumeric(field.type);
  const words = list.items.map((item) => item.text);
  if (list.join === "AND") {
    if ((field.type === "array" || field.type === "has") && isWords) return make({ op: "all", value: words });
    if (field.type === "option" || field.type === "boolean" || field.type === "datetime")
      throw new Mistake(`${field.name} has one value: use OR.`);
    return { and: list.items.map(one) };
  }
  if (["option", "array", "string", "has"].includes(field.type) && isWords)
    return make({ op: "in", value: words });
  return { or: list.items.map(one) };
}

function simpleOf(field: Field, value: Simple): Rest {
  const { text } = value;
  if (value.kind === "glob") return globOf(field, value.text, value.before, value.after);
  switch (field.type) {
    case "number":
    case "duration":
    case "money":
      return { op: "eq", value: numberOf(field, text) };
    case "datetime": {
      const at = instantOf(field, text);
      return {
        op: "between",
        value: [iso(at), iso(at + (/^\d{4}-\d{2}-\d{2}$/.test(text) ? 86_400_000 : 60_000))],
      };
    }
    case "boolean": {
      const flag = parseBoolean(text);
      if (flag === undefined) throw new Mistake(`${field.name} takes true or false.`);
      return { op: "is", value: flag };
    }
    case "score": {
      if (value.kind === "exact") return { op: "is", value: text };
      const number = parseNumber(text, "number");
      if (number !== undefined) return { op: "eq", value: number };
      return { op: "is", value: text === "true" || text === "false" ? text === "true" : text };
    }
    case "text":
      return { op: value.kind === "exact" ? "is" : "words", value: text };
    default:
      return { op: "is", value: text };
  }
}

const TEXTUAL: FieldType[] = ["string", "text", "map", "option", "array", "score"];

function globOf(field: Field, text: string, before: boolean, after: boolean): Rest {
  if (!TEXTUAL.includes(field.type))
    throw new Mistake(`${field.name} takes ${wanted(field.type)}, no pattern.`);
  return { op: before && after ? "contains" : before ? "ends" : "starts", value: text };
}

function measured(field: Field, value: Extract<Value, { kind: "compare" | "range" }>, now: number): Rest {
  if (field.type === "datetime") return timed(field, value, now);
  const asType = field.type === "map" || field.type === "score" ? "number" : field.type;
  if (!isNumeric(asType))
    throw new Mistake(`${field.name} takes ${wanted(field.type)}; it cannot be compared.`);
  const number = (text: string) => numberOf({ ...field, type: asType }, text);
  if (value.kind === "compare") return { op: OPS[value.op], value: number(value.text) };
  if (value.lo === "") return { op: "lte", value: number(value.hi) };
  if (value.hi === "") return { op: "gte", value: number(value.lo) };
  return between(number(value.lo), number(value.hi));
}

function between(lo: number, hi: number): Rest {
  if (lo > hi) throw new Mistake("The range is upside down: the smaller end comes first.");
  return { op: "between", value: [lo, hi] };
}

/** `time:<2h` is an age: younger than two hours. Dates compare as instants. */
function timed(field: Field, value: Extract<Value, { kind: "compare" | "range" }>, now: number): Rest {
  const at = (text: string) => {
    const age = parseAge(text);
    return age === undefined ? instantOf(field, text) : now - age * 1000;
  };
  if (value.kind === "compare") {
    const isAge = parseAge(value.text) !== undefined;
    return { op: OPS[isAge ? OPPOSITE[value.op] : value.op], value: iso(at(value.text)) };
  }
  if (value.lo === "") return { op: "lte", value: iso(at(value.hi)) };
  if (value.hi === "") return { op: "gte", value: iso(at(value.lo)) };
  const ends = [at(value.lo), at(value.hi)].sort((a, b) => a - b);
  return { op: "between", value: ends.map(iso) };
}

function numberOf(field: Field, text: string): number {
  const number = parseNumber(text, field.type);
  if (number === undefined) throw new Mistake(`${field.name} takes ${wanted(field.type)}, not "${text}".`);
  return number;
}

function instantOf(field: Field, text: string): number {
  const at = parseInstant(text);
  if (at === undefined) throw new Mistake(`${field.name} takes ${wanted("datetime")}, not "${text}".`);
  return at;
}

function iso(ms: number): string {
  const date = new Date(ms);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 || date.getUTCFullYear() < 1900)
    throw new Mistake("This time is out of reach.");
  return date.toISOString();
}

function wanted(type: FieldType): string {
  switch (type) {
    case "duration":
      return "a duration such as 2s, 350ms or 1m";
    case "money":
      return "an amount such as $0.02";
    case "number":
      return "a number such as 10 or 1.5k";
    case "datetime":
      return "a date, a time or an age such as <2h";
    case "boolean":
      return "true or false";
    default:
      return "a text";
  }
}
