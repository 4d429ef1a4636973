// A JSON text that is read where one looks: the members of a container are found by one scan over it, and nothing else
// is parsed. So 20 MB open at once, and numbers stay as they are written.
import { endOfString } from "./lossless";

export type Kind = "object" | "array" | "string" | "number" | "boolean" | "null" | "bad";

/** Where a value stands in the text: [start, end). */
export interface Span {
  start: number;
  end: number;
}

export interface Member extends Span {
  /** Undefined in a list. */
  key?: string;
  kind: Kind;
}

/** The members of one container. */
export interface Members {
  isObject: boolean;
  /** Where each member starts: its key, or its value in a list. */
  starts: Uint32Array;
  count: number;
  end: number;
  /** The text ends before the container does. */
  isCut: boolean;
}

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const SLICE = 1 << 16;

export function kindAt(text: string, at: number): Kind {
  const sign = text[at];
  if (sign === "{") return "object";
  if (sign === "[") return "array";
  if (sign === '"') return "string";
  if (sign === "t" || sign === "f") return "boolean";
  if (sign === "n") return "null";
  return sign !== undefined && /[-\d]/.test(sign) ? "number" : "bad";
}

export const isContainer = (kind: Kind): boolean => kind === "object" || kind === "array";

export function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && text.charCodeAt(at) <= 32) at += 1;
  return at;
}

/** Finds the members of the container at `start`; `run` goes on from where it stopped. */
export class Scanner {
  private starts = new Uint32Array(64);
  private count = 0;
  private depth = 0;
  private expecting = true;
  private at: number;

  constructor(
    private readonly text: string,
    private readonly start: number,
  ) {
    this.at = start + 1;
  }

  /** Works until `isTime` says to stop; the members when it is done, else null. */
  run(isTime: () => boolean = () => false): Members | null {
    const { text } = this;
    let next = this.at + SLICE;
    while (this.at < text.length) {
      if (this.at >= next) {
        if (isTime()) return null;
        next = this.at + SLICE;
      }
      const code = text.charCodeAt(this.at);
      if (code <= 32) this.at += 1;
      else if (this.step(code)) return this.result(this.at, false);
    }
    return this.result(text.length, true);
  }

  /** True at the end of the container. */
  private step(code: number): boolean {
    const isClosing = code === 125 || code === 93;
    if (this.depth === 0) {
      if (isClosing) {
        this.at += 1;
        return true;
      }
      if (code === COMMA) this.expecting = true;
      else if (this.expecting) this.add();
    }
    if (code === QUOTE) {
      this.at = endOfString(this.text, this.at);
      return false;
    }
    if (code === 123 || code === 91) this.depth += 1;
    else if (isClosing) this.depth -= 1;
    this.at += 1;
    return false;
  }

  private add(): void {
    this.expecting = false;
    if (this.count === this.starts.length) {
      const more = new Uint32Array(this.count * 2);
      more.set(this.starts);
      this.starts = more;
    }
    this.starts[this.count] = this.at;
    this.count += 1;
  }

  private result(end: number, isCut: boolean): Members {
    const { count } = this;
    return {
      isObject: this.text[this.start] === "{",
      starts: this.starts.subarray(0, count),
      count,
      end,
      isCut,
    };
  }
}

/** Member number `index`. */
export function memberAt(text: string, members: Members, index: number): Member {
  const from = members.starts[index] as number;
  const next =
    index + 1 < members.count ? (members.starts[index + 1] as number) : members.end - (members.isCut ? 0 : 1);
  let end = next;
  while (end > from && (text.charCodeAt(end - 1) <= 32 || text.charCodeAt(end - 1) === COMMA)) end -= 1;
  if (!members.isObject) return { start: from, end, kind: kindAt(text, from) };
  const keyEnd = text.charCodeAt(from) === QUOTE ? endOfString(text, from) : from;
  const colon = skipSpace(text, keyEnd);
  const start = text.charCodeAt(colon) === COLON ? skipSpace(text, colon + 1) : colon;
  const isThere = start < end;
  return {
    key: readString(text, { start: from, end: keyEnd }).text,
    start: isThere ? start : end,
    end,
    kind: isThere ? kindAt(text, start) : "bad",
  };
}

/** The text of a string, at most `limit` characters of it. */
export function readString(text: string, span: Span, limit = Infinity): { text: string; isCut: boolean } {
  const isClosed = text.charCodeAt(span.end - 1) === QUOTE && span.end - span.start > 1;
  const last = isClosed ? span.end - 1 : span.end;
  const stop = Math.min(last, span.start + 1 + limit * 6);
  let raw = text.slice(span.start + 1, stop);
  if (stop < last || !isClosed) raw = raw.replace(/(^|[^\\])((?:\\\\)*)\\(?:u[\da-fA-F]{0,3})?$/, "$1$2");
  const whole = unescape(raw);
  return whole.length > limit
    ? { text: whole.slice(0, limit), isCut: true }
    : { text: whole, isCut: stop < last };
}

function unescape(raw: string): string {
  if (!raw.includes("\\")) return raw;
  try {
    return JSON.parse(`"${raw}"`) as string;
  } catch {
    return raw;
  }
}
