// How much more or less the second trace took. A sign, an arrow and a word beside the colour.
import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactElement } from "react";

import { formatCost, formatCount, formatDelta, formatMs, formatTokens, MISSING } from "@/kit/format";

/** Null where it is not known. Durations are microseconds, costs in the project's currency. */
export type Amount = number | null;
export type Measure = "duration" | "cost" | "tokens" | "count";

export const FORMATS: Record<Measure, (amount: Amount) => string> = {
  duration: (amount) => formatMs(amount === null ? null : amount / 1000),
  cost: (amount) => formatCost(amount),
  tokens: (amount) => formatTokens(amount),
  count: (amount) => formatCount(amount),
};

export interface Change {
  text: string;
  /** "+12%"; "" when there is nothing to take a share of. */
  share: string;
  direction: "up" | "down" | "flat";
  /** "worse", "better", or "" when it makes no odds. */
  word: "worse" | "better" | "";
}

/** Less of everything is better. Null when one side is not known. */
export function changeOf(from: Amount, to: Amount, measure: Measure): Change | null {
  if (from === null || to === null) return null;
  const change = to - from;
  // Sums of prices differ by rounding.
  if (Math.abs(change) <= 1e-12) return { text: "same", share: "", direction: "flat", word: "" };
  const sign = change > 0 ? "+" : "";
  const share = formatDelta(to, from, "down");
  const isSmall = share?.good === null;
  return {
    text: sign + FORMATS[measure](change),
    share: !share || isSmall ? "" : share.text,
    direction: change > 0 ? "up" : "down",
    word: isSmall ? "" : change > 0 ? "worse" : "better",
  };
}

export interface DeltaProps {
  from: Amount;
  to: Amount;
  measure: Measure;
  /** With the share and the word spelled out. */
  long?: boolean;
}

export function Delta({ from, to, measure, long = false }: DeltaProps): ReactElement {
  const change = changeOf(from, to, measure);
  if (!change) return <span className="text-3">{MISSING}</span>;
  const { text, share, direction, word } = change;
  const Arrow = direction === "up" ? ArrowUp : ArrowDown;
  return (
    <span
      title={share || undefined}
      className={clsx(
        "tabular inline-flex items-center gap-0.5 whitespace-nowrap",
        word === "worse" ? "text-danger" : word === "better" ? "text-ok" : "text-3",
      )}
    >
      {word !== "" && <Arrow size={12} aria-hidden className="shrink-0" />}
      {text}
      {long && share && <span>{` ${share}`}</span>}
      {word !== "" && <span className={long ? undefined : "sr-only"}>{` (${word})`}</span>}
    </span>
  );
}
