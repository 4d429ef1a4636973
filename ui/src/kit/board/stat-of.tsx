// Number cards with what the number was in the period before.
import type { ReactElement } from "react";
import { Stat } from "@/design";
import { formatDelta } from "@/kit/format";
import { numberOf, type Row } from "@/kit/metrics";

type Good = "up" | "down" | null;
type Format = (value: number | null) => string;

/** Makes the cards of one answer; without a row they are loading. */
export function statOf(row: Row | undefined, old: Row | undefined) {
  return (label: string, name: string, format: Format, good: Good, href: string): ReactElement => {
    const value = numberOf(row, name);
    const delta = formatDelta(value, numberOf(old, name), good);
    return <Stat key={name} label={label} value={row && format(value)} delta={delta} href={href} />;
  };
}
