// The two traces and what the second took more or less, as one table.
import clsx from "clsx";
import type { ReactElement, ReactNode } from "react";

import { Badge, Link } from "@/design";
import { formatTime, formatTimeDetails, shortId } from "@/kit/format";
import { paths } from "@/kit/url";
import { Status, UNNAMED } from "@/trace";
import type { TraceHead } from "@/trace/types";

import type { Comparison, Side } from "./comparison";
import { Delta, FORMATS, type Amount, type Measure } from "./delta";

const TOTALS: readonly { label: string; measure: Measure; of: (head: TraceHead) => Amount }[] = [
  { label: "Duration", measure: "duration", of: ({ latency }) => (latency === null ? null : latency * 1e6) },
  { label: "Cost", measure: "cost", of: ({ cost }) => (cost === null ? null : Number(cost)) },
  { label: "Tokens", measure: "tokens", of: ({ tokens }) => tokens?.total ?? null },
  { label: "Spans", measure: "count", of: ({ observations }) => observations },
  { label: "Errors", measure: "count", of: ({ errors }) => errors },
];

export function Summary({
  projectId,
  comparison,
}: {
  projectId: string;
  comparison: Comparison;
}): ReactElement {
  const { a, b } = comparison;
  return (
    <div
      className="shrink-0 overflow-x-auto border-b border-line"
      tabIndex={0}
      role="region"
      aria-label="Totals"
    >
      <table className="w-full border-collapse text-left">
        <caption className="sr-only">The two traces and the difference of their totals</caption>
        <thead>
          <tr className="border-b border-line text-table text-3">
            <Head>Trace</Head>
            <Head className="max-md:hidden">Started</Head>
            {TOTALS.map(({ label }) => (
              <Head key={label} isNumber>
                {label}
              </Head>
            ))}
          </tr>
        </thead>
        <tbody>
          {[a, b].map((side) => (
            <tr key={side.letter} className="border-b border-line">
              <th scope="row" className="h-row max-w-96 px-3 py-1 font-normal">
                <Named projectId={projectId} side={side} />
              </th>
              <td className="px-3 whitespace-nowrap max-md:hidden">
                <time dateTime={side.head.time} title={formatTimeDetails(side.head.time)}>
                  {formatTime(side.head.time)}
                </time>
              </td>
              {TOTALS.map(({ label, measure, of }) => (
                <Figure key={label}>{FORMATS[measure](of(side.head))}</Figure>
              ))}
            </tr>
          ))}
          <tr className="bg-s1">
            <th scope="row" className="h-row px-3 py-1 font-medium whitespace-nowrap">
              Change from A to B
            </th>
            <td aria-hidden className="max-md:hidden" />
            {TOTALS.map(({ label, measure, of }) => (
              <Figure key={label}>
                <Delta from={of(a.head)} to={of(b.head)} measure={measure} long />
              </Figure>
            ))}
          </tr>
        </tbody>
      </table>
    </div>
  );
}

function Named({ projectId, side }: { projectId: string; side: Side }): ReactElement {
  const { head, letter, traceId } = side;
  return (
    <span className="flex min-w-0 items-center gap-2">
      <Badge>{letter}</Badge>
      <Link href={paths.trace(projectId, traceId)} className="truncate font-medium">
        {head.name || UNNAMED}
      </Link>
      <span className="mono shrink-0 text-3" title={traceId}>
        {shortId(traceId)}
      </span>
      <Status head={head} />
    </span>
  );
}

function Head({
  children,
  isNumber,
  className,
}: {
  children: ReactNode;
  isNumber?: boolean;
  className?: string;
}): ReactElement {
  return (
    <th
      scope="col"
      className={clsx("px-3 py-1.5 font-medium whitespace-nowrap", isNumber && "text-right", className)}
    >
      {children}
    </th>
  );
}

function Figure({ children }: { children: ReactNode }): ReactElement {
  return <td className="tabular px-3 text-right whitespace-nowrap">{children}</td>;
}
