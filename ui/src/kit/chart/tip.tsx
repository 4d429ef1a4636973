// The values of the bucket under the crosshair, the greatest first. It never takes the pointer.
import type { ReactElement } from "react";
import { Swatch } from "./legend";
import type { Look } from "./paint";
import type { Prepared } from "./prepare";
import type { Words } from "./summary";

type Props = { prepared: Prepared; place: number; look: Look; words: Words; left: number; width: number };

export function ChartTip({ prepared, place, look, words, left, width }: Props): ReactElement {
  const rows = prepared.series
    .map(({ name, values }, which) => ({ name, which, value: values[place] ?? null }))
    .filter(({ value }) => value !== null && (prepared.fill === "gap" || value !== 0))
    .toSorted((one, two) => (two.value ?? 0) - (one.value ?? 0));
  const isRight = left > width / 2;
  return (
    <div
      aria-hidden
      className="pointer-events-none absolute top-1 z-10 max-w-72 rounded-control border border-line bg-bg px-2 py-1.5 text-table shadow-float"
      style={isRight ? { right: width - left + 8 } : { left: left + 8 }}
    >
      <p className="whitespace-nowrap text-3">
        {words.time(prepared.times[place] ?? 0)}
        {prepared.isPartial[place] && " · part of the bucket"}
      </p>
      {rows.length === 0 && <p>{prepared.fill === "gap" ? "No data" : words.value(0)}</p>}
      {rows.map(({ name, which, value }) => (
        <p key={name} className="flex items-center gap-1.5">
          <Swatch look={look} place={which} isLine={false} />
          <span className="min-w-0 flex-1 truncate">{name}</span>
          <span className="tabular pl-2">{words.value(value ?? 0)}</span>
        </p>
      ))}
    </div>
  );
}
