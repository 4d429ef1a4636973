// Two texts line by line, and word by word within lines that changed. Pure but for the clock: what takes too long is
// told less finely (`isRough`).
import { diffArrays, diffWordsWithSpace } from "diff";

export type Piece = { text: string; isChanged: boolean };
export type Line = { number: number; pieces: Piece[] };
/** Both lines are there when a line is the same or was changed. */
export type DiffRow = { kind: "same" | "changed" | "removed" | "added"; a: Line | null; b: Line | null };
export type TextDiff = { rows: DiffRow[]; changes: number; isRough: boolean };

const LINES_MS = 150;
const WORDS_MS = 150;
const MOST_LINES = 20_000;

export function diffTexts(a: string, b: string): TextDiff {
  const maker = new Maker(linesOf(a), linesOf(b));
  return maker.make();
}

/** No text has no line. */
const linesOf = (text: string): string[] => (text === "" ? [] : text.split("\n"));
const whole = (text: string): Piece[] => [{ text, isChanged: false }];

class Maker {
  private readonly rows: DiffRow[] = [];
  private place = { a: 0, b: 0 };
  private until = 0;
  private isRough = false;

  constructor(
    private readonly a: readonly string[],
    private readonly b: readonly string[],
  ) {}

  make(): TextDiff {
    const head = common(this.a, this.b, 0);
    const tail = common(this.a.toReversed(), this.b.toReversed(), head);
    const [a, b] = [this.a.slice(head, this.a.length - tail), this.b.slice(head, this.b.length - tail)];
    this.same(head);
    const edits =
      a.length + b.length > MOST_LINES ? undefined : diffArrays([...a], [...b], { timeout: LINES_MS });
    this.until = edits ? Date.now() + WORDS_MS : 0;
    if (!edits) this.replace(a, b);
    let removed: readonly string[] = [];
    for (const edit of edits ?? []) {
      if (edit.removed) {
        this.replace(removed, []);
        removed = edit.value;
        continue;
      }
      this.replace(removed, edit.added ? edit.value : []);
      removed = [];
      if (!edit.added) this.same(edit.value.length);
    }
    this.replace(removed, []);
    this.same(tail);
    const changes = this.rows.filter(({ kind }) => kind !== "same").length;
    return { rows: this.rows, changes, isRough: this.isRough };
  }

  private same(count: number): void {
    for (let at = 0; at < count; at++) {
      const pieces = whole(this.a[this.place.a]!);
      this.rows.push({
        kind: "same",
        a: { number: ++this.place.a, pieces },
        b: { number: ++this.place.b, pieces },
      });
    }
  }

  /** Lines that stand for each other are told by their words, what is over by the line. */
  private replace(removed: readonly string[], added: readonly string[]): void {
    for (let at = 0; at < Math.max(removed.length, added.length); at++) {
      const [from, to] = [removed[at], added[at]];
      const words = from === undefined || to === undefined ? null : this.words(from, to);
      this.rows.push({
        kind: to === undefined ? "removed" : from === undefined ? "added" : "changed",
        a: from === undefined ? null : { number: ++this.place.a, pieces: words?.a ?? whole(from) },
        b: to === undefined ? null : { number: ++this.place.b, pieces: words?.b ?? whole(to) },
      });
    }
  }

  private words(from: string, to: string): { a: Piece[]; b: Piece[] } | null {
    const left = this.until - Date.now();
    const edits = left > 0 ? diffWordsWithSpace(from, to, { timeout: left }) : undefined;
    if (!edits) {
      this.isRough = true;
      return null;
    }
    const side = (other: "added" | "removed"): Piece[] =>
      edits
        .filter((edit) => !edit[other])
        .map(({ value, added, removed }) => ({ text: value, isChanged: added || removed }));
    return { a: side("added"), b: side("removed") };
  }
}

/** How many items are alike at the beginning, without the last `kept` of the shorter one. */
function common(a: readonly string[], b: readonly string[], kept: number): number {
  const most = Math.min(a.length, b.length) - kept;
  let count = 0;
  while (count < most && a[count] === b[count]) count++;
  return count;
}

/** A stretch of rows as it is shown; `hidden` rows are alike and far from any change. */
export type Stretch = { from: number; to: number; hidden: boolean };

/** Rows that are alike are shown `around` changes only. Hiding less than three would save no room. */
export function stretches(rows: readonly DiffRow[], around = 3): Stretch[] {
  const found: Stretch[] = [];
  for (let from = 0; from < rows.length;) {
    const isSame = rows[from]!.kind === "same";
    let to = from;
    while (to < rows.length && (rows[to]!.kind === "same") === isSame) to++;
    const head = from === 0 ? 0 : around;
    const tail = to === rows.length ? 0 : around;
    if (isSame && to - from - head - tail >= 3) {
      push(found, from, from + head, false);
      push(found, from + head, to - tail, true);
      push(found, to - tail, to, false);
    } else push(found, from, to, false);
    from = to;
  }
  return found;
}

function push(found: Stretch[], from: number, to: number, hidden: boolean): void {
  if (from === to) return;
  const last = found.at(-1);
  if (last && last.hidden === hidden) last.to = to;
  else found.push({ from, to, hidden });
}
