// What stands behind `field:`.
//
//   value := atom | '(' atom ('OR'|'AND') atom ... ')' | cmp operand | lo '..' hi | '*' glob '*' | '=' exact
import type { Comparison, Simple, Value } from "./ast";
import { Unclosed, type Scanner } from "./scanner";

/** The value ends somewhere known but means nothing. */
export class Unreadable extends Error {}

const COMPARISONS: Comparison[] = [">=", "<=", ">", "<"];

export function parseValue(scan: Scanner): Value {
  if (scan.peek("(")) return list(scan);
  const from = scan.at;
  for (const op of COMPARISONS) {
    if (!scan.take(op, "operator")) continue;
    const start = scan.at;
    const text = operand(scan);
    if (text === "") throw new Unreadable(`Write a number or a time behind ${op}.`);
    scan.mark("value", start, scan.at);
    return { kind: "compare", op, text };
  }
  const range = rangeFrom(scan, from);
  return range ?? simple(scan);
}

function operand(scan: Scanner): string {
  return scan.peek('"') ? scan.quoted() : scan.word();
}

/** `lo..hi`, each bare or quoted, one of them possibly empty. Consumes nothing when it is no range. */
function rangeFrom(scan: Scanner, from: number): Value | null {
  let lo: string;
  let hi: string;
  if (scan.peek('"')) {
    lo = scan.quoted();
    if (!scan.peek("..")) return back(scan, from);
    scan.at += 2;
    hi = operand(scan);
  } else {
    const word = scan.word();
    const dots = word.indexOf("..");
    if (dots < 0 || word.startsWith("=") || word.startsWith("*")) return back(scan, from);
    lo = word.slice(0, dots);
    hi = word.slice(dots + 2);
    if (hi === "" && scan.peek('"')) hi = scan.quoted();
  }
  if (lo === "" && hi === "") throw new Unreadable("A range needs at least one end: 1..5, 1.. or ..5.");
  scan.mark("value", from, scan.at);
  return { kind: "range", lo, hi };
}

function back(scan: Scanner, at: number): null {
  scan.at = at;
  return null;
}

/** One value without brackets: `=exact`, `*glob*`, or an atom. */
function simple(scan: Scanner): Simple {
  const from = scan.at;
  const value = scan.peek("=") ? exact(scan) : glob(scan);
  scan.mark("value", from, scan.at);
  return value;
}

function exact(scan: Scanner): Simple {
  scan.at++;
  const isQuoted = scan.peek('"');
  const text = operand(scan);
  if (text === "" && !isQuoted)
    throw new Unreadable('Write the exact text behind =, or ="" for an empty one.');
  return { kind: "exact", text };
}

function glob(scan: Scanner): Simple {
  let before = false;
  if (scan.peek('*"')) {
    before = true;
    scan.at++;
  }
  if (scan.peek('"')) {
    const text = scan.quoted();
    const after = scan.peek("*");
    if (after) scan.at++;
    return before || after ? { kind: "glob", text, before, after } : { kind: "atom", text };
  }
  const word = scan.word();
  if (word === "") throw new Unreadable("A value is missing behind the colon.");
  if (word === "*") return { kind: "glob", text: "", before: true, after: false };
  before = word.startsWith("*");
  const after = word.endsWith("*");
  const text = word.slice(before ? 1 : 0, after ? -1 : undefined);
  if (text.includes("*") || (text === "" && after))
    throw new Unreadable(
      "A * stands at the beginning or the end only; put the text in quotes to find the sign.",
    );
  return before || after ? { kind: "glob", text, before, after } : { kind: "atom", text };
}

function list(scan: Scanner): Value {
  const open = scan.at;
  try {
    return items(scan);
  } catch (error) {
    if (error instanceof Unreadable) scan.skipBrackets(open);
    throw error;
  }
}

function items(scan: Scanner): Value {
  scan.take("(", "bracket");
  const found: Simple[] = [];
  let join: "OR" | "AND" | undefined;
  for (;;) {
    scan.skipSpace();
    if (scan.peek("(")) throw new Unreadable("A list of values has no brackets inside.");
    if (scan.peek(")")) throw new Unreadable("A value is missing inside of these brackets.");
    if (joinHere(scan))
      throw new Unreadable("A value is missing in front of this word; quote it if it is one.");
    if (scan.done) throw new Unclosed("The closing bracket ) is missing.");
    if (scan.peek("<") || scan.peek(">")) throw new Unreadable("A list holds plain values, not comparisons.");
    found.push(simple(scan));
    scan.skipSpace();
    if (scan.take(")", "bracket")) break;
    const next = joinHere(scan);
    if (!next) throw new Unreadable("Put OR or AND between the values.");
    if (join && join !== next) throw new Unreadable("Use either OR or AND in one list.");
    join = next;
    scan.take(next, "word");
  }
  return found.length === 1 ? found[0]! : { kind: "list", join: join ?? "OR", items: found };
}

function joinHere(scan: Scanner): "OR" | "AND" | undefined {
  return (["OR", "AND"] as const).find((word) => {
    const behind = scan.source.charAt(scan.at + word.length);
    return scan.peek(word) && (behind === "" || /[\s()"]/.test(behind));
  });
}
