// Draws a placed graph: pan, zoom and keyboard come from React Flow, the look from our tokens.
import "@xyflow/react/dist/base.css";

import {
  Background,
  Controls,
  type Edge,
  Handle,
  MarkerType,
  type Node,
  type NodeProps,
  Position,
  ReactFlow,
} from "@xyflow/react";
import clsx from "clsx";
import { type ReactElement, useMemo } from "react";

import { TypeIcon, typeLook } from "@/design";
import { formatMs, formatPlural, formatShare, formatTokens } from "@/kit/format";

import type { Graph, GraphNode } from "../graph-model";
import { useViewer } from "../viewer-state";

type StepNode = Node<{ step: GraphNode; isOn: boolean }, "step">;

export function Flow({
  graph,
  places,
}: {
  graph: Graph;
  places: Record<string, { x: number; y: number }>;
}): ReactElement {
  const { selected, select } = useViewer();
  const nodes = useMemo<StepNode[]>(
    () =>
      graph.nodes.map((step) => ({
        id: step.key,
        type: "step",
        position: places[step.key] ?? { x: 0, y: 0 },
        data: { step, isOn: step.spans.includes(selected) },
        ariaLabel: describe(step),
        width: 190,
        height: 52,
      })),
    [graph, places, selected],
  );
  const edges = useMemo<Edge[]>(() => {
    return graph.edges.map(({ from, to, count }) => {
      const back = (places[to]?.y ?? 0) <= (places[from]?.y ?? 0);
      return {
        id: `${from}\u0001${to}`,
        source: from,
        target: to,
        label: count > 1 ? `×${count}` : undefined,
        focusable: false,
        style: {
          stroke: "var(--line-strong)",
          strokeWidth: Math.min(4, 1 + Math.log2(count) / 2),
          strokeDasharray: back ? "5 4" : undefined,
        },
        labelStyle: { fill: "var(--text-2)", fontSize: 11 },
        labelBgStyle: { fill: "var(--bg)" },
        markerEnd: {
          type: MarkerType.ArrowClosed,
          color: "var(--line-strong)",
          markerUnits: "userSpaceOnUse",
          width: 18,
          height: 18,
        },
      };
    });
  }, [graph, places]);
  // A second press goes to the next span behind the node.
  const choose = (step: GraphNode) => {
    const at = step.spans.indexOf(selected);
    select(step.spans[(at + 1) % step.spans.length]!);
  };
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      nodesDraggable={false}
      nodesConnectable={false}
      edgesFocusable={false}
      onlyRenderVisibleElements
      fitView
      // A wide graph is cut rather than made too small to read.
      fitViewOptions={{ minZoom: 0.4, maxZoom: 1, padding: 0.1 }}
      minZoom={0.05}
      maxZoom={2}
      proOptions={{ hideAttribution: true }}
      onNodeClick={(_, node) => choose(node.data.step)}
      onNodesChange={(changes) => {
        const picked = changes.find((change) => change.type === "select" && change.selected);
        const step = picked && "id" in picked && graph.nodes.find(({ key }) => key === picked.id);
        if (step && !step.spans.includes(selected)) choose(step);
      }}
    >
      <Background color="var(--line)" gap={20} />
      <Controls
        showInteractive={false}
        className="[&_button]:size-7 [&_button]:border [&_button]:border-line [&_button]:bg-bg [&_svg]:m-auto [&_svg]:size-3 [&_svg]:fill-current"
      />
    </ReactFlow>
  );
}

function describe(step: GraphNode): string {
  const errors = step.errors ? `, ${formatPlural(step.errors, "error")}` : "";
  return `${typeLook(step.type).label} ${step.name}, ${formatPlural(step.spans.length, "call")}${errors}`;
}

function Step({ data: { step, isOn } }: NodeProps<StepNode>): ReactElement {
  const facts = [
    Number.isNaN(step.mean) ? "" : `${step.spans.length > 1 ? "Ø " : ""}${formatMs(step.mean / 1000)}`,
    step.tokens ? `${formatTokens(step.tokens)} tokens` : "",
  ].filter(Boolean);
  return (
    <div
      className={clsx(
        "flex h-full w-full flex-col justify-center gap-0.5 rounded-card border bg-bg px-2 text-1",
        isOn ? "border-accent bg-sel ring-1 ring-accent" : "border-strong",
      )}
    >
      <Handle type="target" position={Position.Top} className="invisible" />
      <span className="flex min-w-0 items-center gap-1.5">
        <TypeIcon type={step.type} />
        <span className="truncate font-medium" title={step.name}>
          {step.name || "(no name)"}
        </span>
        {step.spans.length > 1 && (
          <span className="tabular shrink-0 text-table text-2">×{step.spans.length}</span>
        )}
      </span>
      <span className="tabular flex min-w-0 items-center gap-2 text-caption text-3">
        <span className="truncate">{facts.join(" · ")}</span>
        {step.errors > 0 && (
          <span className="shrink-0 font-medium text-danger">
            {step.spans.length > 1 ? formatShare(step.errors / step.spans.length) : ""} error
          </span>
        )}
      </span>
      <Handle type="source" position={Position.Bottom} className="invisible" />
    </div>
  );
}

const NODE_TYPES = { step: Step };
