// Model parameters of a call, and what it used.
import type { ReactElement, ReactNode } from "react";

import { formatCost, formatCount } from "@/kit/format";

import type { Span } from "../types";

export function Parameters({ span }: { span: Span }): ReactElement | null {
  const parameters = Object.entries(
    typeof span.modelParameters === "object" && span.modelParameters !== null ? span.modelParameters : {},
  ).filter(([, value]) => value !== null && value !== "");
  const usage = Object.entries(span.usageDetails);
  if (parameters.length === 0 && usage.length === 0) return null;
  return (
    <div className="flex flex-wrap gap-x-10 gap-y-3 px-3 pt-3">
      {usage.length > 0 && (
        <Facts title={span.estimated ? "Usage (estimated)" : "Usage"}>
          {usage.map(([kind, units]) => (
            <Row
              key={kind}
              name={kind}
              value={formatCount(units)}
              more={
                span.costDetails[kind] === undefined
                  ? ""
                  : formatCost(span.costDetails[kind], { detail: true })
              }
            />
          ))}
        </Facts>
      )}
      {parameters.length > 0 && (
        <Facts title="Model parameters">
          {parameters.map(([name, value]) => (
            <Row
              key={name}
              name={name}
              value={typeof value === "object" ? JSON.stringify(value) : String(value)}
            />
          ))}
        </Facts>
      )}
    </div>
  );
}

function Facts({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section className="min-w-0">
      <h3 className="pb-1 font-semibold">{title}</h3>
      <dl className="text-table">{children}</dl>
    </section>
  );
}

function Row({ name, value, more }: { name: string; value: string; more?: string }): ReactElement {
  return (
    <div className="flex items-baseline gap-4 border-b border-line py-0.5 last:border-0">
      <dt className="min-w-32 flex-1 text-2">{name}</dt>
      <dd className="tabular text-right">{value}</dd>
      {more !== undefined && <dd className="tabular min-w-16 text-right text-3">{more}</dd>}
    </div>
  );
}
