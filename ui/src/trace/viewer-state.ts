// The state of one open trace: what is folded, hidden, selected, found and zoomed to. Everything that another person
// should see after opening the link is in the address; the rest is taste and stays in this browser.
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";

import { compress, idleStretches, LINEAR, type Scale, type View } from "./layout";
import { ancestors, type TraceModel } from "./model";
import { flatten, maskOf, neighbour, pathTo, type RowOptions, type Rows, rowIndex } from "./rows";
import { isPublished, type Source } from "./source";
import type { Taste } from "./taste";
import { type Branches, useBranches } from "./use-branches";
import { type Hits, useHits } from "./use-hits";
import { useStable } from "./use-stable";
import { useFolds } from "./use-folds";
import type { DetailTab, Mode, TraceUrl } from "./viewer-url";

export interface ScrollWish {
  node: number;
  align: "auto" | "center";
}

export interface Viewer {
  source: Source;
  /** "" for a visitor, who is led nowhere else. */
  projectId: string;
  traceId: string;
  embedded: boolean;
  model: TraceModel;
  mask: Uint8Array;
  rows: Rows;
  /** Row of each node, -1 when it has none. */
  rowAt: Int32Array;
  /** Node, -1 for the trace itself. */
  selected: number;
  /** Row that the keyboard stands on: the selected span's, or its closed repeat group's; -1 for none. */
  activeRow: number;
  select: (node: number, how?: { motion?: boolean; align?: "auto" | "center"; group?: boolean }) => void;
  selectRow: (row: number) => void;
  wish: ScrollWish | null;
  setFolded: (ids: readonly string[], folded: boolean) => void;
  toggleRow: (row: number) => void;
  foldSubtree: (node: number, folded: boolean) => void;
  hits: Hits;
  branches: Branches;
  goHit: (by: 1 | -1) => void;
  goError: (by: 1 | -1) => void;
  /** Visible time; always usable. */
  view: View;
  setView: (view: View | null) => void;
  stretches: { from: number; to: number }[];
  scaleFor: (width: number) => Scale;
  taste: Taste;
  setTaste: (change: Partial<Taste>) => void;
  url: TraceUrl;
  setUrl: (change: Partial<TraceUrl>, motion?: boolean) => void;
  setMode: (mode: Mode) => void;
  setTab: (tab: DetailTab) => void;
}

export const ViewerContext = createContext<Viewer | null>(null);

/** What does not change while one moves through a trace: who reads only this is not drawn again at every step. */
export type TraceFacts = Pick<Viewer, "source" | "projectId" | "traceId" | "embedded" | "model">;
export const TraceContext = createContext<TraceFacts | null>(null);

export function useTrace(): TraceFacts {
  const trace = useContext(TraceContext);
  if (!trace) throw new Error("A part of the trace viewer is used outside of it");
  return trace;
}

export function useViewer(): Viewer {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error("A part of the trace viewer is used outside of it");
  return viewer;
}

export interface ViewerSource {
  source: Source;
  traceId: string;
  embedded: boolean;
  model: TraceModel;
  url: TraceUrl;
  setUrl: (change: Partial<TraceUrl>, motion?: boolean) => void;
  taste: Taste;
  setTaste: (change: Partial<Taste>) => void;
}

/** What lies beyond the visible rows opens without touching the selection. */
export function useViewerState(given: ViewerSource): Viewer {
  const { source, traceId, embedded, model, url, setUrl, taste, setTaste } = given;
  const { folded, changeFolded, opened, setOpened } = useFolds(given);
  const branches = useBranches(source, traceId, model, url.observation);
  const readBranch = branches.read;
  const options: RowOptions = useMemo(
    () => ({
      folded,
      opened,
      minLevel: url.min,
      minShare: taste.minShare,
      stepsOnly: taste.stepsOnly,
      repeats: taste.repeats,
    }),
    [folded, opened, url.min, taste.minShare, taste.stepsOnly, taste.repeats],
  );
  const { minLevel, minShare, stepsOnly } = options;
  const mask = useMemo(
    () => maskOf(model, { minLevel, minShare, stepsOnly } as RowOptions),
    [model, minLevel, minShare, stepsOnly],
  );
  const rows = useMemo(() => flatten(model, options, mask), [model, options, mask]);
  const rowAt = useMemo(() => rowIndex(model, rows), [model, rows]);
  const selected = url.observation === "" ? -1 : (model.indexOf.get(url.observation) ?? -1);
  const [wish, setWish] = useState<ScrollWish | null>(() =>
    selected >= 0 ? { node: selected, align: "center" } : null,
  );

  // The head of a repeat group can be selected as the group, without opening it.
  const [group, setGroup] = useState(-1);
  const activeRow = useMemo(() => {
    if (selected < 0) return -1;
    if (group !== selected && rowAt[selected] !== -1) return rowAt[selected]!;
    for (let row = 0; row < rows.length; row++)
      if (rows.repeat[row] && rows.node[row] === selected) return row;
    // Its parent was folded over it: the keys go on from there.
    for (const above of ancestors(model, selected)) if (rowAt[above] !== -1) return rowAt[above]!;
    return -1;
  }, [model, selected, group, rows, rowAt]);

  const reveal = useCallback(
    (node: number) => {
      const path = pathTo(model, node);
      const closed = path.ids.filter((id) => folded.has(id));
      if (closed.length) changeFolded(new Set([...folded].filter((id) => !closed.includes(id))));
      const heads = path.heads.filter((id) => !opened.has(id));
      if (taste.repeats && heads.length) setOpened(new Set([...opened, ...heads]));
    },
    [model, folded, changeFolded, opened, setOpened, taste.repeats],
  );
  const select: Viewer["select"] = useCallback(
    (node, how = {}) => {
      if (node >= 0 && !how.group) reveal(node);
      setGroup(how.group ? node : -1);
      setWish(node >= 0 ? { node, align: how.align ?? "auto" } : null);
      setUrl({ observation: node < 0 ? "" : model.rows[node]!.id }, how.motion);
    },
    [model, reveal, setUrl],
  );
  const selectRow = useCallback(
    (row: number) => {
      const node = rows.node[row]!;
      if (rows.more[row]) readBranch(model.rows[node]!.id);
      else select(node, { motion: true, group: rows.repeat[row]! > 0 });
    },
    [model, rows, select, readBranch],
  );
  // A link to a span opens the way to it once the span is there.
  const isHere = selected >= 0;
  const revealSelected = useStable(() => {
    // One that came later, or by going back in the history: it was not selected here.
    if (wish?.node !== selected) setWish({ node: selected, align: "center" });
    if (rowAt[selected] === -1 && !mask[selected] && group !== selected) reveal(selected);
  });
  // Only when another span is selected, or it arrives: folding a parent by hand must not be undone.
  const shown = isHere ? url.observation : "";
  useEffect(() => {
    if (shown !== "") revealSelected();
  }, [shown, revealSelected]);

  const setFolded: Viewer["setFolded"] = useCallback(
    (ids, fold) => {
      const next = new Set(folded);
      for (const id of ids) {
        if (fold) next.add(id);
        else next.delete(id);
      }
      changeFolded(next);
    },
    [folded, changeFolded],
  );
  const toggleRow = useCallback(
    (row: number) => {
      const id = model.rows[rows.node[row]!]!.id;
      if (rows.repeat[row]) {
        const next = new Set(opened);
        if (!next.delete(id)) next.add(id);
        setOpened(next);
      } else if (rows.more[row] || (rows.state[row] === 2 && isLeaf(model, rows.node[row]!))) readBranch(id);
      else if (rows.state[row]) setFolded([id], rows.state[row] === 1);
    },
    [model, rows, opened, setOpened, setFolded, readBranch],
  );
  const foldSubtree = useCallback(
    (node: number, fold: boolean) => {
      const [from, to] =
        node < 0 ? [0, model.count] : [model.place[node]!, model.place[node]! + model.size[node]!];
      const ids: string[] = [];
      for (let at = from; at < to; at++) {
        const one = model.order[at]!;
        if (model.size[one]! > 1) ids.push(model.rows[one]!.id);
      }
      setFolded(ids, fold);
    },
    [model, setFolded],
  );

  const hits = useHits(source, traceId, model, url.find);
  const go = useCallback(
    (nodes: ArrayLike<number>, by: 1 | -1) => {
      const next = neighbour(model, nodes, selected, by);
      if (next !== -1) select(next, { motion: true });
    },
    [model, selected, select],
  );
  const errors = useMemo(
    () => model.order.filter((node) => node < model.spans && model.level[node] === 3),
    [model],
  );

  const view = useMemo<View>(
    () => (url.zoom ? clamped(url.zoom, model.end) : { from: 0, to: wholeOf(model.end) }),
    [url.zoom, model.end],
  );
  const setView = useCallback(
    (next: View | null) => {
      const whole = !next || (next.from <= 0 && next.to >= model.end);
      setUrl({ zoom: whole ? null : next }, true);
    },
    [setUrl, model.end],
  );
  const stretches = useMemo(() => {
    // Wrappers run all the time; idle is when no leaf runs.
    const skip = new Uint8Array(model.spans);
    for (let i = 0; i < model.spans; i++) if (model.size[i]! > 1) skip[i] = 1;
    return idleStretches(model.start, model.duration, model.spans, model.end, skip);
  }, [model]);
  const scaleFor = useCallback(
    (width: number) => (taste.compress ? compress(stretches, model.end, width) : LINEAR),
    [taste.compress, stretches, model.end],
  );

  const setMode = useCallback((mode: Mode) => setUrl({ mode }), [setUrl]);
  const setTab = useCallback((tab: DetailTab) => setUrl({ tab }, true), [setUrl]);

  return {
    source,
    projectId: isPublished(source) ? "" : source,
    traceId,
    embedded,
    model,
    mask,
    rows,
    rowAt,
    selected,
    activeRow,
    select,
    selectRow,
    wish,
    setFolded,
    toggleRow,
    foldSubtree,
    hits,
    branches,
    goHit: (by) => go(hits.nodes, by),
    goError: (by) => go(errors, by),
    view,
    setView,
    stretches,
    scaleFor,
    taste,
    setTaste,
    url,
    setUrl,
    setMode,
    setTab,
  };
}

/** Nothing of what it holds is here. */
const isLeaf = (model: TraceModel, node: number): boolean => model.size[node] === 1;

/** A trace that has just begun has no length yet: it is drawn on the scale of a second. */
const wholeOf = (end: number): number => (end > 0 ? Math.max(end, 10) : 1_000_000);

function clamped(view: View, end: number): View {
  const last = Math.max(end, 10);
  const from = Math.min(Math.max(0, view.from), last - 10);
  return { from, to: Math.max(from + 10, Math.min(view.to, last)) };
}
