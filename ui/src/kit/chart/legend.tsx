// The names of the series with their colours and totals, and how many there are when not all are shown.
import { Link } from "@/design";
import type { ReactElement } from "react";
import type { Look } from "./paint";
import type { Prepared } from "./prepare";
import type { Words } from "./summary";

type Props = {
  prepared: Prepared;
  look: Look;
  isLine: boolean;
  words: Words;
  hrefOf?: ((name: string) => string | undefined) | undefined;
};

export function Legend({ prepared, look, isLine, words, hrefOf }: Props): ReactElement {
  const shown = prepared.series.length - (prepared.hasOther ? 1 : 0);
  return (
    <div className="mt-2 flex flex-wrap items-center gap-x-3 text-table text-2">
      <ul className="contents">
        {prepared.series.map(({ name, total }, place) => {
          const href = prepared.hasOther && place === shown ? undefined : hrefOf?.(name);
          const text = (
            <>
              <Swatch look={look} place={place} isLine={isLine} />
              <span className="truncate">{name}</span>
              {total !== null && (
                <span className="tabular whitespace-nowrap text-3">{words.value(total)}</span>
              )}
            </>
          );
          return (
            <li key={name} className="flex min-h-6 max-w-full min-w-0 items-center">
              {href ? (
                <Link
                  look="plain"
                  href={href}
                  className="flex min-h-6 min-w-0 items-center gap-1.5 data-hovered:underline"
                >
                  {text}
                </Link>
              ) : (
                <span className="flex min-w-0 items-center gap-1.5">{text}</span>
              )}
            </li>
          );
        })}
      </ul>
      {prepared.of > shown && (
        <span className="text-3">
          {shown} of {prepared.of}
        </span>
      )}
    </div>
  );
}

/** A piece of the mark itself: a block of a bar, a stretch of a line with its dash. */
export function Swatch({
  look,
  place,
  isLine,
}: {
  look: Look;
  place: number;
  isLine: boolean;
}): ReactElement {
  const colour = `var(--${look.colours[place] ?? "series-other"})`;
  return (
    <svg width={14} height={10} aria-hidden className="shrink-0">
      {isLine ? (
        <line
          x2={14}
          y1={5}
          y2={5}
          stroke={colour}
          strokeWidth={2}
          strokeDasharray={look.dashes[place]?.join(" ")}
        />
      ) : (
        <rect x={2} width={10} height={10} rx={2} fill={colour} />
      )}
    </svg>
  );
}
