// Everything that the page knows of the two traces, made once for each pair of skeletons.
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { buildModel, type TraceModel } from "@/trace/model";
import { headQuery, skeletonQuery } from "@/trace/queries";
import type { TraceHead } from "@/trace/types";

import { align, type Alignment } from "./align";
import type { Amount } from "./delta";
import { differencesOf, rowIndex, type Differences } from "./differences";

export interface Side {
  /** "A" or "B": what the page calls it. */
  letter: "A" | "B";
  traceId: string;
  head: TraceHead;
  model: TraceModel;
}

export interface Comparison {
  a: Side;
  b: Side;
  rows: Alignment;
  differences: Differences;
  /** Rows by the names that the address has for them. */
  index: Map<string, number>;
}

export function compare(a: Side, b: Side): Comparison {
  const rows = align(a.model, b.model);
  return {
    a,
    b,
    rows,
    differences: differencesOf(a.model, b.model, rows),
    index: rowIndex(a.model, b.model, rows),
  };
}

/** Microseconds, the price with everything inside, tokens with everything inside. */
export interface Figures {
  duration: Amount;
  cost: Amount;
  tokens: Amount;
}

const NOTHING: Figures = { duration: null, cost: null, tokens: null };

export function figuresOf({ model }: Side, node: number): Figures {
  if (node < 0) return NOTHING;
  const duration = model.duration[node]!;
  const cost = model.sumCost[node]!;
  return {
    duration: duration < 0 ? null : duration,
    cost: Number.isNaN(cost) ? null : cost,
    tokens: model.sumTokens[node]!,
  };
}

export interface SideQuery {
  side: Side | null;
  error: Error | null;
  retry: () => void;
}

export function useSide(projectId: string, traceId: string, letter: "A" | "B"): SideQuery {
  const enabled = traceId !== "";
  const head = useQuery({ ...headQuery(projectId, traceId), enabled });
  const skeleton = useQuery({ ...skeletonQuery(projectId, traceId), enabled });
  const model = useMemo(() => (skeleton.data ? buildModel(skeleton.data) : null), [skeleton.data]);
  const side = useMemo(
    () => (head.data && model ? { letter, traceId, head: head.data, model } : null),
    [letter, traceId, head.data, model],
  );
  return {
    side,
    error: side ? null : ((head.error ?? skeleton.error) as Error | null),
    retry: () => void Promise.all([head.refetch(), skeleton.refetch()]),
  };
}
