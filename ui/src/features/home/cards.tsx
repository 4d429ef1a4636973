// The cards of the page in their grid.
import type { ReactElement } from "react";
import { Skeleton } from "@/design";
import { CostChart, LatencyChart, ScoresChart, TokensChart, TracesChart, type View } from "@/kit/board";
import { ErrorBoundary } from "@/kit/error-boundary";
import type { FieldSet } from "@/kit/query-language";
import { Errors } from "./errors";
import { LatestErrors } from "./latest-errors";
import { Models } from "./models";
import { Nothing, useIsNothing } from "./nothing";
import { Numbers } from "./numbers";
import { Scores } from "./scores";
import { Tools, TraceNames, Users } from "./top-lists";

type Props = {
  view: View | null;
  fields: { traces: FieldSet; observations: FieldSet };
  isReady: boolean;
  onChange: (change: { q?: string; range?: string }) => void;
};

const CARDS = [
  ["Traces by status", TracesChart],
  ["Latency", LatencyChart],
  ["Cost by model", CostChart],
  ["Tokens", TokensChart],
  ["Models", Models],
  ["Trace names", TraceNames],
  ["Users", Users],
  ["Errors", Errors],
  ["Tools", Tools],
  ["Scores", Scores],
  ["Scores over time", ScoresChart],
] as const;

export function Cards({ view, fields, isReady, onChange }: Props): ReactElement {
  const isNothing = useIsNothing(view);
  if (!view) return <Waiting />;
  if (isNothing) return <Nothing view={view} onChange={onChange} />;
  return (
    <>
      <div className="grid grid-cols-2 gap-3 md:grid-cols-4 min-[100rem]:grid-cols-8">
        <ErrorBoundary label="Numbers">
          <Numbers view={view} />
        </ErrorBoundary>
      </div>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
        {CARDS.map(([label, Part]) => (
          <ErrorBoundary key={label} label={label}>
            <Part view={view} />
          </ErrorBoundary>
        ))}
        <ErrorBoundary label="Latest errors">
          {isReady && <LatestErrors view={view} fields={fields} />}
        </ErrorBoundary>
      </div>
    </>
  );
}

/** Until the range and the filter are known. */
function Waiting(): ReactElement {
  return (
    <div aria-busy className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      {CARDS.map(([label]) => (
        <Skeleton key={label} height="18rem" />
      ))}
    </div>
  );
}
