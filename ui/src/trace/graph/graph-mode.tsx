// The agent graph: what calls what, by name or as it ran. A chunk of its own; loaded when somebody asks for it.
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useId, useMemo } from "react";

import { EmptyState, ErrorState, Segmented, Skeleton } from "@/design";
import { formatPlural } from "@/kit/format";

import { buildGraph, type Graph } from "../graph-model";
import { useViewer } from "../viewer-state";
import { Flow } from "./flow";
import { askLayout, type LayoutAnswer } from "./layout-client";

export const NODE_WIDTH = 190;
export const NODE_HEIGHT = 52;

export default function GraphMode(): ReactElement {
  const { model, mask, taste, setTaste, traceId } = useViewer();
  const aggregated = taste.graph === "aggregated";
  const graph = useMemo(() => buildGraph(model, aggregated, mask), [model, aggregated, mask]);
  const places = usePlaces(graph, traceId);
  return (
    <div className="relative flex min-h-0 flex-1 flex-col">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-2 py-1">
        <Segmented
          label="Graph"
          size="compact"
          value={taste.graph}
          onChange={(next) => setTaste({ graph: next })}
          options={[
            { id: "aggregated", label: "By name" },
            { id: "ran", label: "As it ran" },
          ]}
        />
        <Omitted graph={graph} />
      </div>
      <div className="relative min-h-0 flex-1">
        {graph.nodes.length === 0 ? (
          <EmptyState title="Nothing to draw">All spans are hidden, or there are none yet.</EmptyState>
        ) : places.error ? (
          <ErrorState error={places.error} title="The graph could not be laid out" />
        ) : places.data ? (
          <Flow graph={graph} places={places.data.places} />
        ) : (
          <div className="flex flex-col items-center gap-6 p-8" aria-busy>
            {[0, 1, 2].map((at) => (
              <Skeleton key={at} width="12rem" height="3.25rem" />
            ))}
          </div>
        )}
      </div>
    </div>
  );
}

function Omitted({ graph }: { graph: Graph }): ReactElement | null {
  if (graph.omittedNodes + graph.omittedEdges === 0) return null;
  const parts = [
    graph.omittedNodes > 0 && formatPlural(graph.omittedNodes, "step"),
    graph.omittedEdges > 0 && formatPlural(graph.omittedEdges, "connection"),
  ].filter(Boolean);
  return (
    <p className="text-table text-warn">
      Without {parts.join(" and ")}: the graph shows the first 400 steps.
    </p>
  );
}

function usePlaces(graph: Graph, traceId: string) {
  const id = useId();
  // The shape decides where things are: counts may change without a new layout.
  const shape = useMemo(
    () =>
      graph.nodes.map(({ key }) => key).join() + graph.edges.map(({ from, to }) => `${from}>${to}`).join(),
    [graph],
  );
  return useQuery<LayoutAnswer>({
    queryKey: ["trace-graph", traceId, id, shape],
    queryFn: ({ signal }) =>
      askLayout(
        {
          nodes: graph.nodes.map(({ key }) => ({ key, width: NODE_WIDTH, height: NODE_HEIGHT })),
          edges: graph.edges.map(({ from, to }) => ({ from, to })),
        },
        signal,
      ),
    enabled: graph.nodes.length > 0,
    staleTime: Infinity,
    gcTime: 60_000,
    retry: false,
  });
}
