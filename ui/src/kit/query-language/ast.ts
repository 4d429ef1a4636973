// The query language as a tree. Text is canonical: a tree exists only between parsing and printing.
// Nothing here knows which fields exist; that is decided by check() and toApi() with the server's registry.

export type FieldRef = {
  name: string;
  /** Of `metadata.<key>` and `score.<name>`. */
  key?: string;
};

export type Atom = { kind: "atom"; text: string };
export type Exact = { kind: "exact"; text: string };
/** `*text*`, `text*`, `*text`; a single `*` (empty text) means "has a value". */
export type Glob = { kind: "glob"; text: string; before: boolean; after: boolean };
export type Comparison = ">" | ">=" | "<" | "<=";
export type Compare = { kind: "compare"; op: Comparison; text: string };
/** An empty end is open. */
export type Range = { kind: "range"; lo: string; hi: string };
export type Simple = Atom | Exact | Glob;
/** Two values or more. */
export type List = { kind: "list"; join: "OR" | "AND"; items: Simple[] };
export type Value = Simple | Compare | Range | List;

export type Span = { from: number; to: number };

export type FieldTerm = { kind: "field"; negated: boolean; field: FieldRef; value: Value; at?: Span };
export type GroupTerm = { kind: "group"; negated: boolean; any: Term[][]; at?: Span };
export type TextTerm = { kind: "text"; negated: boolean; text: string; at?: Span };
/** What could not be read: kept as it was written, so that nothing is dropped silently. */
export type BadTerm = { kind: "bad"; raw: string; at?: Span };
export type Term = FieldTerm | GroupTerm | TextTerm | BadTerm;
export type Query = Term[];

export type Diagnostic = Span & { message: string };

/** A coloured piece of the text, for the overlay of the search bar. */
export type TokenKind = "minus" | "field" | "operator" | "value" | "text" | "word" | "bracket" | "bad";
export type Token = Span & { kind: TokenKind };

export type Parsed = { query: Query; diagnostics: Diagnostic[]; tokens: Token[] };

/** The fields whose second half is a key that a user made up. */
export const KEYED = ["metadata", "score"] as const;
