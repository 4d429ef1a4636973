// A number of a list with its share of the greatest one. Decorative, the number stands next to it.
import type { ReactElement, ReactNode } from "react";
import type { Colour } from "./colours";

type Props = { value: number | null; of: number; colour?: Colour; children: ReactNode };

export function ShareBar({ value, of, colour = "series-1", children }: Props): ReactElement {
  const share = of > 0 && value !== null ? Math.min(Math.max(value / of, 0), 1) : 0;
  return (
    <span className="flex items-center justify-end gap-2">
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" className="h-1.5 w-14 max-sm:hidden" aria-hidden>
        <rect width={100} height={6} fill="var(--s2)" />
        {share > 0 && <rect width={Math.max(share * 100, 1)} height={6} fill={`var(--${colour})`} />}
      </svg>
      <span className="min-w-12">{children}</span>
    </span>
  );
}
