// Which colour a series has. It belongs to the name: the same in each chart of a page and after each refetch, whatever
// else is shown and in whatever order.

/** The name of a colour token: `series-1` to `series-8`, `series-other`, or a word of the state. */
export type Colour = `series-${number}` | "series-other" | "ok" | "warn" | "danger";

const SLOTS = 8;
const RED = 6;

/** Names with a meaning of their own. Red is kept for what went wrong. */
const FIXED: Record<string, Colour> = {
  ok: "series-3",
  warning: "warn",
  error: "danger",
  Other: "series-other",
};

/** Remembers the slot of each name. A name takes the slot of its hash, or the next one that is free or least used. */
export class ColourBook {
  readonly #slots = new Map<string, number>();
  readonly #uses = Array.from({ length: SLOTS }, () => 0);

  of(name: string): Colour {
    const fixed = Object.hasOwn(FIXED, name) ? FIXED[name] : undefined;
    return fixed ?? `series-${this.#slot(name) + 1}`;
  }

  /** The colours of a chart. Names that are new are taken in order, so that neighbours differ. */
  all(names: readonly string[]): Colour[] {
    return names.map((name) => this.of(name));
  }

  /** Names that always have the same slot on this page, before any data is there. */
  reserve(names: readonly string[], slots: readonly number[]): this {
    names.forEach((name, place) => this.#take(name, ((slots[place] ?? place + 1) - 1) % SLOTS));
    return this;
  }

  #slot(name: string): number {
    const held = this.#slots.get(name);
    if (held !== undefined) return held;
    const wanted = hash(name) % SLOTS;
    const least = Math.min(...this.#uses);
    // Red last: it looks like an error.
    const order = Array.from({ length: SLOTS }, (_, step) => (wanted + step) % SLOTS).toSorted(
      (one, two) => Number(one === RED) - Number(two === RED),
    );
    return this.#take(name, order.find((slot) => this.#uses[slot] === least) ?? wanted);
  }

  #take(name: string, slot: number): number {
    this.#slots.set(name, slot);
    this.#uses[slot] = (this.#uses[slot] ?? 0) + 1;
    return slot;
  }
}

function hash(text: string): number {
  let found = 2166136261;
  for (let place = 0; place < text.length; place++) {
    found = Math.imul(found ^ text.charCodeAt(place), 16777619) >>> 0;
  }
  return found;
}

const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 3], [8, 3, 2, 3], [4, 4]];

/** From five lines on they also differ by their dash. */
export function dashOf(place: number, count: number): readonly number[] {
  return count < 5 ? [] : (DASHES[place % DASHES.length] ?? []);
}
