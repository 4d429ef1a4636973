// Reads characters: words, quoted texts, spaces. No grammar.
import type { Token, TokenKind } from "./ast";

/** Something was opened and the text ended: the rest cannot be read. */
export class Unclosed extends Error {}

const SPACE = /\s/;
const WORD_END = /[\s()"]/;

export class Scanner {
  at = 0;
  readonly tokens: Token[] = [];
  constructor(readonly source: string) {}

  get done(): boolean {
    return this.at >= this.source.length;
  }

  peek(text: string): boolean {
    return this.source.startsWith(text, this.at);
  }

  take(text: string, kind: TokenKind): boolean {
    if (!this.peek(text)) return false;
    this.mark(kind, this.at, (this.at += text.length));
    return true;
  }

  mark(kind: TokenKind, from: number, to: number): void {
    if (to > from) this.tokens.push({ kind, from, to });
  }

  skipSpace(): void {
    while (!this.done && SPACE.test(this.source.charAt(this.at))) this.at++;
  }

  /** Characters up to a space, a bracket, a quote, or one of `stop`. May be empty. */
  word(stop = ""): string {
    const from = this.at;
    while (!this.done) {
      const sign = this.source.charAt(this.at);
      if (WORD_END.test(sign) || stop.includes(sign)) break;
      this.at++;
    }
    return this.source.slice(from, this.at);
  }

  /** The content of a quoted text that begins here. `\"` and `\\` stand for the sign itself. */
  quoted(): string {
    let text = "";
    this.at++;
    while (!this.done) {
      const sign = this.source.charAt(this.at++);
      if (sign === '"') return text;
      const next = this.source.charAt(this.at);
      if (sign === "\\" && (next === '"' || next === "\\")) {
        text += next;
        this.at++;
      } else {
        text += sign;
      }
    }
    throw new Unclosed('The closing quote " is missing.');
  }

  /** Goes behind the bracket that closes the one at `from`. */
  skipBrackets(from: number): void {
    this.at = from;
    let depth = 0;
    while (!this.done) {
      const sign = this.source.charAt(this.at);
      if (sign === '"') {
        this.quoted();
        continue;
      }
      this.at++;
      if (sign === "(") depth++;
      if (sign === ")" && --depth === 0) return;
    }
    throw new Unclosed("The closing bracket ) is missing.");
  }

  /** Forgets tokens behind `from`: what stands there is marked anew. */
  forget(from: number): void {
    while (this.tokens.length > 0 && this.tokens[this.tokens.length - 1]!.from >= from) this.tokens.pop();
  }
}
