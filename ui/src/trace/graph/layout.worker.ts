// Places the nodes of the agent graph in layers. In a worker, because the main thread must never wait for it.
import dagre from "@dagrejs/dagre";

import type { LayoutAnswer, LayoutQuestion } from "./layout-client";

self.onmessage = ({ data }: MessageEvent<LayoutQuestion>) => {
  const graph = new dagre.graphlib.Graph();
  graph.setGraph({ rankdir: "TB", nodesep: 24, ranksep: 44, marginx: 16, marginy: 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { key, width, height } of data.nodes) graph.setNode(key, { width, height });
  for (const { from, to } of data.edges) graph.setEdge(from, to);
  dagre.layout(graph);
  const places: LayoutAnswer["places"] = {};
  for (const { key, width, height } of data.nodes) {
    const node = graph.node(key) as { x: number; y: number };
    places[key] = { x: node.x - width / 2, y: node.y - height / 2 };
  }
  self.postMessage({ places } satisfies LayoutAnswer);
};
