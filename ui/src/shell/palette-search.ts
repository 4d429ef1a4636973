// What the palette finds: fuzzy, with the words before the letters, and what was used lately before the rest.

export interface Findable {
  title: string;
  keywords?: string;
}

/** How well a text fits, 0 when it does not. Whole words beat beginnings beat scattered letters. */
export function score(query: string, item: Findable): number {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return 1;
  const title = item.title.toLowerCase();
  const more = item.keywords?.toLowerCase() ?? "";
  let total = 0;
  for (const word of words) {
    const found = scoreWord(word, title) || (beginsWord(word, more) ? 20 : 0);
    if (found === 0) return 0;
    total += found;
  }
  return total / words.length;
}

function beginsWord(word: string, text: string): boolean {
  const at = text.indexOf(word);
  return at === 0 || (at > 0 && /[\s:/-]/.test(text[at - 1]!)) || text.includes(` ${word}`);
}

function scoreWord(word: string, title: string): number {
  if (title === word) return 100;
  if (title.startsWith(word)) return 80;
  if (beginsWord(word, title)) return 60;
  if (title.includes(word)) return 40;
  if (word.length < 2) return 0;
  // Letters in order, each near the one before: "obsv" finds Observations.
  let at = -1;
  let gaps = 0;
  for (const letter of word) {
    const next = title.indexOf(letter, at + 1);
    if (next < 0) return 0;
    gaps += at < 0 ? 0 : next - at - 1;
    at = next;
  }
  return gaps <= word.length * 2 ? 10 : 0;
}

/** The items that fit, best first; equal ones keep their order. */
export function search<T extends Findable>(query: string, items: readonly T[], limit = 50): T[] {
  return items
    .map((item, index) => ({ item, index, points: score(query, item) }))
    .filter(({ points }) => points > 0)
    .toSorted((a, b) => b.points - a.points || a.index - b.index)
    .slice(0, limit)
    .map(({ item }) => item);
}

/** Whether a text may be an id or an address that the server could resolve. */
export function looksLikeId(text: string): boolean {
  const trimmed = text.trim();
  return trimmed.length >= 6 && !/\s/.test(trimmed) && (/\d/.test(trimmed) || /[-_/:.@]/.test(trimmed));
}
