// What a reader likes the trace viewer to show; kept in this browser, never in the address.
import type { Mode } from "./viewer-url";

export interface Taste {
  duration: boolean;
  cost: boolean;
  tokens: boolean;
  marks: boolean;
  heat: "off" | "duration" | "cost";
  stepsOnly: boolean;
  repeats: boolean;
  minShare: number;
  compress: boolean;
  critical: boolean;
  minimap: boolean;
  graph: "aggregated" | "ran";
  /** Share of the navigation pane in per cent, for lists and for wide drawings. */
  list: number;
  wide: number;
}

export const DEFAULT_TASTE: Taste = {
  duration: true,
  cost: true,
  tokens: false,
  marks: true,
  heat: "off",
  stepsOnly: false,
  repeats: false,
  minShare: 0,
  compress: false,
  critical: false,
  minimap: true,
  graph: "aggregated",
  list: 38,
  wide: 56,
};

const WIDE: ReadonlySet<Mode> = new Set(["timeline", "graph", "chat"]);

/** Which of the two widths a view goes by. */
export const isWide = (mode: Mode): boolean => WIDE.has(mode);
