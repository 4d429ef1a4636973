// Search over the text itself, in slices, and the way from a place in the text to its row.
import { JsonDocument, nextTask } from "./document";
import { rangesTo } from "./rows";
import { isContainer, type Members } from "./text";

export const MAX_MATCHES = 1_000;
const SLICE = 1_000_000;

/** Finds a text also where it is written with escapes, as most encoders do with other than ASCII. */
export function patternOf(needle: string): RegExp {
  const signs = [...needle].map((sign) => {
    const plain = sign.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
    const short = {
      '"': '\\\\"',
      "\\": "\\\\\\\\",
      "\n": "\\\\n",
      "\t": "\\\\t",
      "\r": "\\\\r",
      "/": "\\\\?/",
    }[sign];
    if (short !== undefined) return short;
    if (sign.charCodeAt(0) < 128) return plain;
    const escaped = [...sign.toLowerCase(), ...sign.toUpperCase()].flatMap((one) =>
      one.split("").map(unit).join(""),
    );
    return `(?:${[plain, ...new Set(escaped)].join("|")})`;
  });
  return new RegExp(signs.join(""), "gi");
}

const unit = (sign: string): string => `\\\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Where the needle stands. Stops at MAX_MATCHES, or when it is told to. */
export async function findAll(text: string, needle: string, signal?: AbortSignal): Promise<number[]> {
  if (needle === "") return [];
  const pattern = patternOf(needle);
  const found: number[] = [];
  for (let from = 0; from < text.length; from += SLICE) {
    // The slices overlap, so that nothing between two of them is missed.
    const part =
      from === 0 && text.length <= SLICE ? text : text.slice(from, from + SLICE + needle.length * 6);
    for (const match of part.matchAll(pattern)) {
      const at = from + match.index;
      if (match.index >= SLICE || at <= (found[found.length - 1] ?? -1)) continue;
      found.push(at);
      if (found.length >= MAX_MATCHES) return found;
    }
    if (text.length > SLICE) await nextTask();
    if (signal?.aborted) return [];
  }
  return found;
}

/** The row in which a place of the text stands, and what must be open for it. */
export async function rowAt(document: JsonDocument, place: number): Promise<{ id: string; open: string[] }> {
  const open: string[] = [];
  let id = "0";
  let span: { start: number; end: number; kind: string } = document.root;
  while (isContainer(span.kind as never)) {
    const members: Members = await document.load(span);
    const index = lastAtOrBefore(members.starts, place);
    if (index < 0) break;
    open.push(id, ...rangesTo(id, members.count, index));
    const member = document.member(members, index);
    id = String(member.start);
    span = member;
    if (place < member.start) break; // in the key
  }
  return { id, open };
}

function lastAtOrBefore(starts: Uint32Array, place: number): number {
  let [low, high] = [0, starts.length - 1];
  let found = -1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if ((starts[middle] as number) <= place) {
      found = middle;
      low = middle + 1;
    } else high = middle - 1;
  }
  return found;
}
