// What is too deep or too long to parse is shown as plain text first: content is written by models, and by those who
// attack them. Measured in one pass without recursion.

export const MAX_LENGTH = 100_000;
export const MAX_NESTING = 100;
const MAX_MARKS = 6_000;

export interface Verdict {
  isSafe: boolean;
  why?: "long" | "deep" | "dense";
}

const PREFIX = /^(?:[ \t]*(?:>|[-*+]|\d{1,9}[.)])[ \t]?)+/;
const STEP = />|[-*+](?=[ \t])|\d+[.)]/g;

export function judge(text: string): Verdict {
  if (text.length > MAX_LENGTH) return { isSafe: false, why: "long" };
  if (nestingOf(text) > MAX_NESTING) return { isSafe: false, why: "deep" };
  if (countMarks(text) > MAX_MARKS) return { isSafe: false, why: "dense" };
  return { isSafe: true };
}

/** No less than the depth of what the lexer would make of it: quotes and lists of a line, indents, open brackets. */
export function nestingOf(text: string): number {
  let deepest = 0;
  for (const line of text.split("\n")) {
    const prefix = PREFIX.exec(line.slice(0, 4_000))?.[0] ?? "";
    const indent = /^[ \t]*/.exec(line)?.[0].length ?? 0;
    deepest = Math.max(deepest, (prefix.match(STEP)?.length ?? 0) + indent / 2);
  }
  let open = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 91 || code === 40) open += 1;
    else if ((code === 93 || code === 41) && open > 0) open -= 1;
    else if (code === 10 && text.charCodeAt(at + 1) === 10) open = 0;
    deepest = Math.max(deepest, open);
  }
  const runs = text.match(/([*_~])\1{20,}/g);
  return Math.max(deepest, ...(runs ?? []).map((run) => run.length / 2));
}

/** Emphasis marks cost the lexer the most: every one is looked for its other end. */
const countMarks = (text: string): number => text.match(/\*+|_+|~~|`+|\[/g)?.length ?? 0;
