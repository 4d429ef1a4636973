// q text -> tree + diagnostics + coloured tokens. Never throws; what cannot be read becomes a "bad" term.
//
//   query := term*                                      AND between terms
//   term  := ['-'] field ':' value | ['-'] '(' query 'OR' query ... ')' | ['-'] text
import { KEYED, type Diagnostic, type FieldRef, type Parsed, type Query, type Term } from "./ast";
import { parseValue, Unreadable } from "./parse-value";
import { Scanner, Unclosed } from "./scanner";

/** Deeper brackets than the server takes are refused while reading, so that no text exhausts the stack. */
export const MAX_NESTING = 16;

class Parser {
  readonly diagnostics: Diagnostic[] = [];
  private readonly scan: Scanner;

  constructor(source: string) {
    this.scan = new Scanner(source);
  }

  run(): Parsed {
    const query: Query = [];
    for (;;) {
      this.scan.skipSpace();
      if (this.scan.done) break;
      query.push(this.recovering());
    }
    return { query, diagnostics: this.diagnostics, tokens: this.scan.tokens };
  }

  /** A term; when a bracket or a quote stays open, everything to the end is one bad term. */
  private recovering(): Term {
    const from = this.scan.at;
    const known = this.diagnostics.length;
    try {
      return this.term(0);
    } catch (error) {
      if (!(error instanceof Unclosed)) throw error;
      this.diagnostics.length = known;
      const to = this.scan.source.trimEnd().length;
      this.scan.at = this.scan.source.length;
      return this.bad(from, to, error.message);
    }
  }

  private bad(from: number, to: number, message: string): Term {
    this.scan.forget(from);
    this.scan.mark("bad", from, to);
    this.diagnostics.push({ from, to, message });
    return { kind: "bad", raw: this.scan.source.slice(from, to), at: { from, to } };
  }

  private term(depth: number): Term {
    const from = this.scan.at;
    if (this.scan.peek(")")) {
      this.scan.at++;
      return this.bad(from, from + 1, "This bracket closes nothing.");
    }
    const negated = this.minus();
    if (this.scan.peek("(")) return this.group(from, negated, depth);
    const field = this.field();
    if (field) return this.fieldTerm(from, negated, field);
    return this.text(from, negated);
  }

  /** A minus sign belongs to what follows; alone it is a text. */
  private minus(): boolean {
    const next = this.scan.source.charAt(this.scan.at + 1);
    if (!this.scan.peek("-") || next === "" || /[\s)]/.test(next)) return false;
    return this.scan.take("-", "minus");
  }

  private fieldTerm(from: number, negated: boolean, field: FieldRef): Term {
    try {
      const value = parseValue(this.scan);
      return { kind: "field", negated, field, value, at: { from, to: this.scan.at } };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      return this.bad(from, this.scan.at, error.message);
    }
  }

  /** The field and its colon, or null (and nothing is consumed) when this is no field. */
  private field(): FieldRef | null {
    const { scan } = this;
    const from = scan.at;
    const quotedName = scan.peek('"');
    const name = quotedName ? scan.quoted() : scan.word(":");
    let ref: FieldRef = { name };
    const keyed = quotedName ? undefined : KEYED.find((prefix) => name.startsWith(`${prefix}.`));
    if (keyed) {
      const rest = name.slice(keyed.length + 1);
      ref = { name: keyed, key: rest === "" && scan.peek('"') ? scan.quoted() : rest };
    }
    if (name === "" || !scan.peek(":")) {
      scan.at = from;
      return null;
    }
    scan.mark("field", from, scan.at);
    scan.take(":", "operator");
    return ref;
  }

  private text(from: number, negated: boolean): Term {
    const { scan } = this;
    const start = scan.at;
    const isQuoted = scan.peek('"');
    const text = isQuoted ? scan.quoted() : scan.word();
    if (!isQuoted && text === "OR")
      return this.bad(from, scan.at, "OR stands between terms in brackets: (a OR b).");
    if (!isQuoted && text === "AND")
      return this.bad(from, scan.at, "Leave AND out: all terms must hold anyway.");
    scan.mark("text", start, scan.at);
    return { kind: "text", negated, text, at: { from, to: scan.at } };
  }

  private group(from: number, negated: boolean, depth: number): Term {
    const { scan } = this;
    const open = scan.at;
    if (depth >= MAX_NESTING) {
      scan.skipBrackets(open);
      return this.bad(from, scan.at, `Brackets can be nested ${MAX_NESTING} deep at most.`);
    }
    scan.take("(", "bracket");
    const any: Term[][] = [[]];
    for (;;) {
      scan.skipSpace();
      if (scan.done) throw new Unclosed("The closing bracket ) is missing.");
      if (scan.take(")", "bracket")) break;
      if (this.or()) any.push([]);
      else any[any.length - 1]!.push(this.term(depth + 1));
    }
    const at = { from, to: scan.at };
    if (any.some((terms) => terms.length === 0))
      this.diagnostics.push({ ...at, message: "A term is missing inside of these brackets." });
    return { kind: "group", negated, any, at };
  }

  private or(): boolean {
    const behind = this.scan.source.charAt(this.scan.at + 2);
    return (behind === "" || /[\s()"]/.test(behind)) && this.scan.take("OR", "word");
  }
}

export function parse(source: string): Parsed {
  return new Parser(source).run();
}
