// Views that every project has.
import type { Entity } from "../list/api";
import type { ViewState } from "./api";

export type SystemView = { id: string; name: string; state: Partial<ViewState> };

const TRACES: SystemView[] = [
  { id: "all", name: "All", state: {} },
  { id: "errors", name: "Errors", state: { q: "has:error" } },
  { id: "slowest", name: "Slowest", state: { sort: "-latency" } },
  { id: "most-expensive", name: "Most expensive", state: { sort: "-cost" } },
  { id: "with-feedback", name: "With user feedback", state: { q: "has:score" } },
  { id: "last-hour", name: "Last hour", state: { range: "1h" } },
];

export function systemViews(entity: Entity): SystemView[] {
  if (entity === "traces") return TRACES;
  if (entity === "observations")
    return TRACES.map((view) => (view.id === "errors" ? { ...view, state: { q: "level:ERROR" } } : view));
  return [TRACES[0]!];
}
