// Which keys there are to show as columns is learnt from the rows under the filter, while the menu is open.
import { useMemo } from "react";
import type { Column } from "../data-table";
import { textOf, useMetrics, type Question } from "../metrics";
import { useFacet } from "./api";
import { hasKeys, keyColumn, keyColumnId as idOf } from "./key-columns";
import type { List } from "./use-list";

const USAGE: Question = {
  view: "observations",
  metrics: ["count:count"],
  dimensions: ["usageType"],
  limit: 100,
};
const COSTS: Question = { ...USAGE, dimensions: ["costType"] };
/** What most calls of models have; others can be written into the address. */
const PARAMETERS = ["temperature", "max_tokens", "top_p", "seed"];

/** Columns of the keys that the rows of the last time have; asked only while the menu is open. */
export function useKeyColumns<R>(list: List<R>, isOpen: boolean): Column<R>[] {
  const { project, entity, scope } = list;
  const asked = isOpen ? scope : null;
  const metadata = useFacet(project, entity, "metadata", hasKeys(entity, "metadata") ? asked : null, "");
  const scores = useFacet(project, entity, "score", hasKeys(entity, "score") ? asked : null, "");
  const ofCalls = useMemo(() => {
    if (!isOpen || entity !== "observations") return null;
    const to = list.anchored.to ? Date.parse(list.anchored.to) : list.anchored.anchor;
    const from = list.anchored.from ? Date.parse(list.anchored.from) : to - 30 * 86_400_000;
    return { from, to: Math.max(to, from + 1000), zone: "UTC", rowFilter: list.filter };
  }, [isOpen, entity, list.anchored, list.filter]);
  const usage = useMetrics(project, USAGE, ofCalls, "v2");
  const costs = useMetrics(project, COSTS, ofCalls, "v2");
  return useMemo(() => {
    if (!isOpen) return [];
    const names = (answer: typeof usage.data, dimension: string): string[] =>
      (answer?.data ?? []).flatMap((row) => textOf(row, dimension) ?? []);
    const ids = [
      ...(metadata.data?.facet?.keys ?? []).map(({ value }) => idOf("metadata", value)),
      ...(scores.data?.facet?.keys ?? []).map(({ value }) => idOf("score", value)),
      ...names(usage.data, "usageType").map((key) => idOf("usagedetails", key)),
      ...names(costs.data, "costType").map((key) => idOf("costdetails", key)),
      ...(entity === "observations" ? PARAMETERS.map((key) => idOf("parameters", key)) : []),
    ];
    return [...new Set(ids)].flatMap((id) => keyColumn<R>(entity, id) ?? []);
  }, [isOpen, entity, metadata.data, scores.data, usage.data, costs.data]);
}
