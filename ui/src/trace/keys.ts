// What the keys of the trace viewer do. Tree and timeline take them when focused; on the page they work everywhere.
import type { Viewer } from "./viewer-state";
import { zoomAt } from "./layout";
import { MODES, TABS } from "./viewer-url";

/** Row after (before) the active one; before the first is the trace itself. */
export function move(viewer: Viewer, by: number): void {
  const { rows, activeRow, select, selectRow } = viewer;
  const next = activeRow < 0 ? (by > 0 ? 0 : -1) : activeRow + by;
  if (next < 0 && by === -1) select(-1, { motion: true });
  else if (rows.length > 0) selectRow(Math.max(0, Math.min(next, rows.length - 1)));
}

export function collapse(viewer: Viewer): void {
  const { rows, activeRow, toggleRow, selectRow } = viewer;
  if (activeRow < 0) return;
  if (rows.state[activeRow] === 1) toggleRow(activeRow);
  else if (rows.parent[activeRow]! >= 0) selectRow(rows.parent[activeRow]!);
}

export function expand(viewer: Viewer): void {
  const { rows, activeRow, toggleRow, selectRow } = viewer;
  if (activeRow < 0) return;
  if (rows.state[activeRow] === 2) toggleRow(activeRow);
  else if (rows.state[activeRow] === 1 && activeRow + 1 < rows.length) selectRow(activeRow + 1);
}

/** Zoom about the middle of the selected span if it is in sight, else of the view. Works in any width. */
export function zoom(viewer: Viewer, factor: number): void {
  const { model, view, selected, setView } = viewer;
  const width = 1000;
  const middle = selected < 0 ? NaN : model.start[selected]! + Math.max(0, model.duration[selected]!) / 2;
  const inside = middle >= view.from && middle <= view.to;
  const x = inside ? ((middle - view.from) / (view.to - view.from)) * width : width / 2;
  setView(zoomAt(view, factor, x, width, model.end));
}

export function cycleTab(viewer: Viewer): void {
  const at = TABS.indexOf(viewer.url.tab);
  viewer.setTab(TABS[(at + 1) % TABS.length]!);
}

const PAGE = 10;

/** Does what the key stands for; true when it stood for something. */
export function onTreeKey(
  viewer: Viewer,
  event: {
    key: string;
    shiftKey: boolean;
    ctrlKey: boolean;
    metaKey: boolean;
    altKey: boolean;
    preventDefault: () => void;
  },
): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const action = actionFor(viewer, event.key, event.shiftKey);
  if (!action) return false;
  event.preventDefault();
  action();
  return true;
}

function actionFor(viewer: Viewer, key: string, shift: boolean): (() => void) | null {
  const { rows, selected, foldSubtree, selectRow } = viewer;
  if (shift && key === "ArrowLeft") return () => foldSubtree(selected, true);
  if (shift && key === "ArrowRight") return () => foldSubtree(selected, false);
  switch (key) {
    case "j":
    case "ArrowDown":
      return () => move(viewer, 1);
    case "k":
    case "ArrowUp":
      return () => move(viewer, -1);
    case "PageDown":
      return () => move(viewer, PAGE);
    case "PageUp":
      return () => move(viewer, -PAGE);
    case "Home":
      return () => rows.length > 0 && selectRow(0);
    case "End":
      return () => rows.length > 0 && selectRow(rows.length - 1);
    case "ArrowLeft":
      return () => collapse(viewer);
    case "ArrowRight":
      return () => expand(viewer);
    case "n":
      return () => viewer.goHit(1);
    case "N":
      return () => viewer.goHit(-1);
    case "e":
      return () => viewer.goError(1);
    case "E":
      return () => viewer.goError(-1);
    case "+":
    case "=":
      return () => zoom(viewer, 2);
    case "-":
      return () => zoom(viewer, 0.5);
    case "0":
      return () => viewer.setView(null);
    case "t":
      return () => cycleTab(viewer);
    default: {
      const mode = /^[1-6]$/.test(key) ? MODES[Number(key) - 1] : undefined;
      return mode ? () => viewer.setMode(mode) : null;
    }
  }
}
