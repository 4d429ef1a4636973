// When each message of a session appears: true times between messages, but long silences are short. Pure.
import type { Turn } from "./session-queries";

/** Silence that is a divider in the column (and a short pause in the replay). */
export const IDLE_MS = 5 * 60_000;
const IDLE_PAUSE_MS = 2_000;

export interface Moment {
  /** Milliseconds of replay. */
  at: number;
  turn: number;
  part: "asked" | "answered";
}

export const startOf = (turn: Turn): number => Date.parse(turn.trace.time);
export const endOf = (turn: Turn): number => startOf(turn) + (turn.trace.latency ?? 0) * 1000;

/** How long nobody said anything before this turn, if that is worth a divider. */
export function idleBefore(turns: readonly Turn[], index: number): number | null {
  const [before, turn] = [turns[index - 1], turns[index]];
  if (!before || !turn) return null;
  const gap = startOf(turn) - endOf(before);
  return gap > IDLE_MS ? gap : null;
}

export function scheduleOf(turns: readonly Turn[]): Moment[] {
  const real = turns
    .flatMap((turn, index): Moment[] => [
      { at: startOf(turn), turn: index, part: "asked" },
      { at: endOf(turn), turn: index, part: "answered" },
    ])
    // Turns may overlap; what is said at the same time stays in the order of the turns.
    .map((moment, place) => ({ moment, place }))
    .toSorted((a, b) => a.moment.at - b.moment.at || a.place - b.place)
    .map(({ moment }) => moment);
  let skipped = real[0]?.at ?? 0;
  return real.map((moment, index) => {
    const gap = moment.at - (real[index - 1]?.at ?? moment.at);
    if (gap > IDLE_MS) skipped += gap - IDLE_PAUSE_MS;
    return { ...moment, at: moment.at - skipped };
  });
}

export interface Shown {
  asked: boolean;
  answered: boolean;
}

/** What of a turn is there after so many moments. */
export function shownAfter(moments: readonly Moment[], count: number, turn: number): Shown {
  const seen = moments.slice(0, count).filter((moment) => moment.turn === turn);
  return {
    asked: seen.some(({ part }) => part === "asked"),
    answered: seen.some(({ part }) => part === "answered"),
  };
}
