import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildGraph, EDGE_BUDGET, NODE_BUDGET, sequence } from "./graph-model";
import { buildModel, nodeEnd } from "./model";
import { anySkeleton, bigTrace, span, trace } from "./testing";

const loop = buildModel(
  trace([
    span("agent", "", 0, 100, { type: "AGENT" }),
    span("g1", "agent", 1, 9, { name: "llm", type: "GENERATION", tokens: 5 }),
    span("t1", "agent", 10, 5, { name: "search", type: "TOOL", level: 3 }),
    span("t2", "agent", 11, 6, { name: "search", type: "TOOL" }),
    span("g2", "agent", 20, 11, { name: "llm", type: "GENERATION", tokens: 7 }),
  ]),
);
const edges = (aggregated: boolean) =>
  buildGraph(loop, aggregated).edges.map(
    (edge) => `${edge.from.split("\u0000").pop()}>${edge.to.split("\u0000").pop()} ${edge.count}`,
  );

describe("buildGraph", () => {
  it("as it ran: parent to first, steps to what could start only after them", () => {
    expect(edges(false).toSorted()).toEqual(
      ["agent>g1 1", "g1>t1 1", "g1>t2 1", "t1>g2 1", "t2>g2 1"].toSorted(),
    );
  });

  it("by name: counts, means, errors and cycles", () => {
    const graph = buildGraph(loop, true);
    expect(edges(true).toSorted()).toEqual(["agent>llm 1", "llm>search 2", "search>llm 2"].toSorted());
    const llm = graph.nodes.find((node) => node.name === "llm")!;
    expect([llm.spans.length, llm.mean, llm.tokens, llm.errors]).toEqual([2, 10, 12, 0]);
    expect(graph.nodes.find((node) => node.name === "search")!.errors).toBe(1);
  });

  it("keeps to its budgets and says what it left out", () => {
    const graph = buildGraph(buildModel(bigTrace(50_000)), false);
    expect(graph.nodes).toHaveLength(NODE_BUDGET);
    expect(graph.omittedNodes).toBe(50_000 - NODE_BUDGET);
    expect(graph.edges.length).toBeLessThanOrEqual(EDGE_BUDGET);
  });

  it("direct predecessors are those of the definition, for any siblings", () => {
    fc.assert(
      fc.property(anySkeleton, (skeleton) => {
        const model = buildModel(skeleton);
        const nodes = Array.from({ length: model.spans }, (_, i) => i).slice(0, 15);
        const seen: string[] = [];
        sequence(model, nodes, (from, to) => seen.push(`${from}>${to}`) > 0);
        const before = (a: number, b: number) => a < b && nodeEnd(model, a) <= model.start[b]!;
        const wanted = nodes.flatMap((b) =>
          nodes
            .filter((a) => before(a, b) && !nodes.some((k) => before(a, k) && before(k, b)))
            .map((a) => `${a}>${b}`),
        );
        expect(seen.sort()).toEqual(wanted.sort());
      }),
    );
  });
});
