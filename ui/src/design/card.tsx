// Cards group; a Stat is one number of a dashboard.
import clsx from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Skeleton } from "./states";
import { Link } from "./link";

export interface CardProps {
  title?: ReactNode;
  /** Right of the title. */
  actions?: ReactNode;
  /** Small print under the title. */
  note?: ReactNode;
  /** Heading level of the title; h2 unless the page nests. */
  level?: 2 | 3;
  flush?: boolean;
  className?: string;
  children?: ReactNode;
}

export function Card({
  title,
  actions,
  note,
  level = 2,
  flush,
  className,
  children,
}: CardProps): ReactElement {
  const Heading = level === 2 ? "h2" : "h3";
  return (
    <section className={clsx("flex min-w-0 flex-col rounded-card border border-line bg-bg", className)}>
      {(title || actions) && (
        <header className="flex min-h-10 flex-wrap items-center justify-between gap-x-3 gap-y-1 px-4 py-2">
          <div className="min-w-0">
            {title && <Heading className="text-form font-semibold">{title}</Heading>}
            {note && <p className="text-table text-3">{note}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={clsx("min-h-0 min-w-0 flex-1", !flush && (title ? "px-4 pb-4" : "p-4"))}>
        {children}
      </div>
    </section>
  );
}

export interface StatProps {
  label: string;
  /** Formatted; undefined while loading. */
  value: ReactNode | undefined;
  /** Change to the previous period, for example { text: "+12%", direction: "up", good: false }. */
  delta?: { text: string; direction: "up" | "down" | "flat"; good: boolean | null } | null;
  note?: ReactNode;
  href?: string;
  className?: string;
}

export function Stat({ label, value, delta, note, href, className }: StatProps): ReactElement {
  const tone = delta?.good === null || !delta ? "text-3" : delta.good ? "text-ok" : "text-danger";
  const body = (
    <>
      <span className="block text-table text-2">{label}</span>
      <span className="tabular mt-1 block truncate text-number font-semibold">
        {value === undefined ? <Skeleton width="6rem" height="2rem" /> : value}
      </span>
      <span className="mt-1 flex min-h-4 items-center gap-1 text-table text-3">
        {delta && (
          <span className={clsx("tabular inline-flex items-center gap-0.5", tone)}>
            {delta.direction === "up" && <ArrowUp size={12} aria-hidden />}
            {delta.direction === "down" && <ArrowDown size={12} aria-hidden />}
            {delta.text}
            {delta.good !== null && <span>({delta.good ? "better" : "worse"})</span>}
          </span>
        )}
        {note}
      </span>
    </>
  );
  const box = clsx("block min-w-0 rounded-card border border-line bg-bg p-3", className);
  return href ? (
    <Link look="plain" href={href} className={clsx(box, "data-hovered:border-strong data-hovered:bg-s1")}>
      {body}
    </Link>
  ) : (
    <div className={box}>{body}</div>
  );
}
