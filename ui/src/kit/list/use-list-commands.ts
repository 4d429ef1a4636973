// The keys of every list, in the registry: palette and shortcut sheet know them too.
import { useCommands, type Command } from "../registry";
import type { TableHandle } from "../data-table";
import type { ListAction } from "../data-table/keys";

type Targets = {
  table: { current: TableHandle | null };
  focusSearch: () => void;
  toggleFacets: () => void;
  openRange?: () => void;
  openColumns: () => void;
  copyLink: () => void;
  /** With the present ends of the range instead of "the past 24 h". */
  copyFrozenLink?: () => void;
  showNew?: () => void;
  canTick: boolean;
  hasPeek: boolean;
  hasPage: boolean;
  canClose: () => boolean;
};

export function useListCommands(targets: Targets): void {
  const { table, canTick, hasPeek, hasPage } = targets;
  const key = (id: string, title: string, shortcut: string | string[], action: ListAction): Command => ({
    id: `list.${id}`,
    title,
    shortcut,
    keyOnly: true,
    run: () => table.current?.act(action),
  });
  useCommands([
    { id: "list.search", title: "Search and filter", shortcut: "/", run: targets.focusSearch },
    { id: "list.facets", title: "Show or hide filters", shortcut: "]", run: targets.toggleFacets },
    targets.openRange && {
      id: "list.range",
      title: "Choose the time range",
      shortcut: "r",
      run: targets.openRange,
    },
    { id: "list.columns", title: "Choose columns", shortcut: "c", run: targets.openColumns },
    { id: "list.link", title: "Copy the link of this page", shortcut: "y", run: targets.copyLink },
    targets.copyFrozenLink && {
      id: "list.link-frozen",
      title: "Copy the link of this page with fixed times",
      run: targets.copyFrozenLink,
    },
    targets.showNew && { id: "list.new", title: "Show new rows", shortcut: ".", run: targets.showNew },
    key("down", "Next row", ["j", "ArrowDown"], "down"),
    key("up", "Previous row", ["k", "ArrowUp"], "up"),
    hasPeek && key("peek", "Open the row beside the list", "Enter", "peek"),
    hasPage && key("page", "Open the row as a page", ["e", "o"], "page"),
    hasPage && key("tab", "Open the row in a new tab", "mod+Enter", "tab"),
    canTick && key("tick", "Select the row", "x", "tick"),
    canTick && key("tick-range", "Select up to the row", "shift+x", "tickRange"),
    key("for", "Filter for the focused cell", "f", "filterFor"),
    key("out", "Filter the focused cell out", "shift+f", "filterOut"),
    key("id", "Copy the id of the row", "shift+y", "copyId"),
    key("menu", "Open the menu of the row", "m", "menu"),
    { ...key("close", "Close the panel, or clear the selection", "Escape", "close"), when: targets.canClose },
  ]);
}
