// The keys of the trace viewer in the registry, so that palette and shortcut sheet know them too.
import { type Command, useCommands } from "@/kit/registry";

import { collapse, cycleTab, expand, move, zoom } from "./keys";
import type { Neighbours } from "./neighbours";
import { isPublished } from "./source";
import type { Viewer } from "./viewer-state";
import { MODES, type Mode } from "./viewer-url";

const MODE_TITLES: Record<Mode, string> = {
  tree: "Tree",
  timeline: "Timeline",
  graph: "Graph",
  chat: "Chat",
  log: "Log",
  json: "JSON",
};

export interface TraceCommandTargets {
  focusFind: () => void;
  canFind: () => boolean;
  focusDetail: () => void;
  focusList: () => void;
  score: () => void;
  neighbours?: Neighbours;
  onGo?: (traceId: string) => void;
}

export function useTraceCommands(viewer: Viewer, targets: TraceCommandTargets): void {
  const { source, embedded, setMode, goHit, goError, setView, foldSubtree, selected, setTab } = viewer;
  const { neighbours, onGo } = targets;
  const keyOnly = true;
  const isVisitor = isPublished(source);
  // In a peek the list owns the letters; the focused tree still takes them.
  const commands: (Command | false)[] = embedded
    ? []
    : [
        ...MODES.filter((mode) => !isVisitor || mode !== "json").map((mode) => ({
          id: `trace.mode.${mode}`,
          title: `View: ${MODE_TITLES[mode]}`,
          shortcut: String(MODES.indexOf(mode) + 1),
          run: () => setMode(mode),
        })),
        {
          id: "trace.down",
          title: "Next span",
          shortcut: ["j", "ArrowDown"],
          keyOnly,
          run: () => move(viewer, 1),
        },
        {
          id: "trace.up",
          title: "Previous span",
          shortcut: ["k", "ArrowUp"],
          keyOnly,
          run: () => move(viewer, -1),
        },
        {
          id: "trace.fold",
          title: "Fold, or to the parent",
          shortcut: "ArrowLeft",
          keyOnly,
          run: () => collapse(viewer),
        },
        {
          id: "trace.unfold",
          title: "Unfold, or to the first child",
          shortcut: "ArrowRight",
          keyOnly,
          run: () => expand(viewer),
        },
        {
          id: "trace.fold-all",
          title: "Fold the subtree",
          shortcut: "shift+ArrowLeft",
          run: () => foldSubtree(selected, true),
        },
        {
          id: "trace.unfold-all",
          title: "Unfold the subtree",
          shortcut: "shift+ArrowRight",
          run: () => foldSubtree(selected, false),
        },
        {
          id: "trace.detail",
          title: "Focus the detail",
          shortcut: "Enter",
          keyOnly,
          run: targets.focusDetail,
        },
        { id: "trace.list", title: "Back to the spans", shortcut: "Escape", keyOnly, run: targets.focusList },
        {
          id: "trace.find",
          title: "Find in this trace",
          shortcut: ["/", "mod+f"],
          when: targets.canFind,
          run: targets.focusFind,
        },
        { id: "trace.hit", title: "Next match", shortcut: "n", keyOnly, run: () => goHit(1) },
        { id: "trace.hit-back", title: "Previous match", shortcut: "shift+n", keyOnly, run: () => goHit(-1) },
        { id: "trace.error", title: "Next error", shortcut: "e", run: () => goError(1) },
        {
          id: "trace.error-back",
          title: "Previous error",
          shortcut: "shift+e",
          keyOnly,
          run: () => goError(-1),
        },
        { id: "trace.zoom-in", title: "Zoom in", shortcut: ["+", "="], keyOnly, run: () => zoom(viewer, 2) },
        { id: "trace.zoom-out", title: "Zoom out", shortcut: "-", keyOnly, run: () => zoom(viewer, 0.5) },
        { id: "trace.zoom-all", title: "Show the whole time", shortcut: "0", run: () => setView(null) },
        {
          id: "trace.tab",
          title: "Next tab of the detail",
          shortcut: "t",
          keyOnly,
          run: () => cycleTab(viewer),
        },
        !isVisitor && { id: "trace.score", title: "Add a score", shortcut: "a", run: targets.score },
        !isVisitor && { id: "trace.comment", title: "Comment", shortcut: "m", run: () => setTab("comments") },
        !!onGo &&
          !!neighbours?.next && {
            id: "trace.next",
            title: "Next trace of the list",
            shortcut: "shift+j",
            run: () => onGo(neighbours.next!),
          },
        !!onGo &&
          !!neighbours?.previous && {
            id: "trace.previous",
            title: "Previous trace of the list",
            shortcut: "shift+k",
            run: () => onGo(neighbours.previous!),
          },
      ];
  useCommands(commands);
}
