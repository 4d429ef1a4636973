// What the address says about the open trace, and how it is written. Everything is text; a default is never written.
import type { View } from "./layout";

export const MODES = ["tree", "timeline", "graph", "chat", "log", "json"] as const;
export type Mode = (typeof MODES)[number];
/** Views of spans in rows, which can be searched. */
export const HAS_ROWS: ReadonlySet<Mode> = new Set(["tree", "timeline", "log"]);
export const TABS = ["messages", "metadata", "scores", "comments", "raw"] as const;
export type DetailTab = (typeof TABS)[number];
export const LEVELS = ["DEBUG", "DEFAULT", "WARNING", "ERROR"] as const;

/** Folded spans beyond this many stay out of the address. */
export const FOLD_LIMIT = 20;

export interface TraceUrl {
  mode: Mode;
  tab: DetailTab;
  /** Id of the selected span; "" for the trace itself. */
  observation: string;
  find: string;
  /** Visible time in microseconds after the start; null for all of it. */
  zoom: View | null;
  fold: readonly string[];
  /** Index into LEVELS. */
  min: number;
}

export function readMode(text: string | undefined): Mode {
  return MODES.find((mode) => mode === text?.toLowerCase()) ?? "tree";
}

export function readTab(text: string | undefined): DetailTab {
  return TABS.find((tab) => tab === text?.toLowerCase()) ?? "messages";
}

export function readLevel(text: string | undefined): number {
  return Math.max(
    0,
    LEVELS.findIndex((level) => level === text?.toUpperCase()),
  );
}

/** "1200-5400" in milliseconds, with fractions where spans are short. */
export function readZoom(text: string | undefined): View | null {
  const found = /^(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(text ?? "");
  if (!found) return null;
  const [from, to] = [Math.round(Number(found[1]) * 1000), Math.round(Number(found[2]) * 1000)];
  return to > from && Number.isFinite(to) ? { from, to } : null;
}

export function writeZoom(view: View | null): string | undefined {
  if (!view) return undefined;
  const text = (us: number) => String(Math.round(us) / 1000);
  return `${text(view.from)}-${text(view.to)}`;
}

/** Ids are joined by a comma; one inside an id is percent-encoded. */
export function readFold(text: string | undefined): string[] {
  if (!text) return [];
  return text
    .split(",")
    .slice(0, FOLD_LIMIT)
    .map((id) => id.replace(/%(25|2C)/g, (_, code) => (code === "25" ? "%" : ",")));
}

export function writeFold(ids: readonly string[]): string | undefined {
  if (ids.length === 0 || ids.length > FOLD_LIMIT) return undefined;
  return ids.map((id) => id.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
}
