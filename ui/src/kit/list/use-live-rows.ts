// New and changed rows while one watches: they are read by id under the current filter, wait until the reader is at
// the top (or asks), and never move what is being read.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { matches } from "../query-language";
import { useLive, useLiveStatus, type LiveMessage, type LiveStatus } from "../live";
import { queryRows } from "./api";
import { dropRows, mergeRows, type Pages } from "./merge";
import type { List } from "./use-list";

type Change = {
  id: string;
  name?: string;
  env?: string;
  user?: string;
  session?: string;
  level?: string;
  tags?: string[];
  deleted?: boolean;
};

export type LiveRows = {
  /** Off: why. */
  isOn: boolean;
  reason: string | null;
  status: LiveStatus;
  waiting: number;
  /** The stream had a gap while the reader was away from the top. */
  isStale: boolean;
  insert: () => void;
  freshIds: ReadonlySet<string>;
  /** Rows of traces that received something a moment ago. */
  busyIds: ReadonlySet<string>;
};

type Held<R> = { key: readonly unknown[]; rows: R[]; isStale: boolean };
const NOTHING_HELD = { rows: [] as never[], isStale: false };

const EVERY_MS = 1000;
const MOST = 200;
/** So long after its last event a trace counts as finished. */
const BUSY_MS = 5000;
const NONE: ReadonlySet<string> = new Set();

export type LiveOptions = {
  /** Field that holds the ids of the events: "id" for traces, "trace" for observations. */
  idField: "id" | "trace";
  /** Whether new rows may slide in: at the top, nothing ticked. */
  isAtTop: boolean;
  /** Whether this kind of rows has live updates at all. */
  isOffered: boolean;
};

export function useLiveRows<R>(list: List<R>, { idField, isAtTop, isOffered }: LiveOptions): LiveRows {
  const { project, entity, filter, body, queryKey, rowId, state } = list;
  const queries = useQueryClient();
  const reason =
    state.sort !== "-time"
      ? "Live needs the newest on top"
      : list.anchored.range.kind === "absolute"
        ? "Live needs a range that ends now"
        : null;
  const isOn = isOffered && reason === null && state.live !== "0" && list.scope !== null;
  // What waits belongs to one query; for another one it is nothing.
  const [held, setHeld] = useState<Held<R>>({ key: queryKey, rows: [], isStale: false });
  const { rows: waiting, isStale } = held.key === queryKey ? held : NOTHING_HELD;
  const hold = useCallback(
    (key: readonly unknown[], change: (rows: R[]) => Partial<Held<R>>) =>
      setHeld((now) => {
        const same = now.key === key ? now : { key, rows: [], isStale: false };
        return { ...same, ...change(same.rows) };
      }),
    [],
  );
  const [freshIds, setFreshIds] = useState(NONE);
  const pending = useRef(new Set<string>());
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  const put = useCallback(
    (rows: R[], addNew: boolean) => {
      const pages = queries.getQueryData<Pages<R>>(queryKey);
      if (!pages || rows.length === 0) return;
      const done = mergeRows(pages, rows, rowId, addNew);
      queries.setQueryData(queryKey, done.pages);
      const touched = [...done.added, ...done.changed];
      if (touched.length > 0) setFreshIds(new Set(touched));
    },
    [queries, queryKey, rowId],
  );

  const latest = useRef({ isAtTop, body, filter, put, queryKey, refresh: list.refresh });
  useEffect(() => {
    latest.current = { isAtTop, body, filter, put, queryKey, refresh: list.refresh };
  });

  const read = useCallback(async () => {
    timer.current = undefined;
    const ids = [...pending.current].slice(0, MOST);
    pending.current.clear();
    const now = latest.current;
    const byId = { field: idField, op: "in" as const, value: ids };
    const all = now.filter ? { and: [now.filter, byId] } : byId;
    const page = await queryRows<R>(project, entity, { ...now.body, filter: all, limit: MOST }).catch(
      () => null,
    );
    // What failed now is in the next refresh; rows for another query are of no use.
    if (!page || latest.current.body !== now.body) return;
    latest.current.put(page.rows, latest.current.isAtTop);
    if (latest.current.isAtTop) return;
    const pages = queries.getQueryData<Pages<R>>(["list", project, entity, now.body]);
    const known = new Set(pages?.pages.flatMap((each) => each.rows.map(rowId)));
    const unseen = page.rows.filter((row) => !known.has(rowId(row)));
    if (unseen.length > 0)
      hold(now.queryKey, (rows) => {
        const newer = new Set(unseen.map(rowId));
        return { rows: [...unseen, ...rows.filter((row) => !newer.has(rowId(row)))] };
      });
  }, [project, entity, idField, queries, rowId, hold]);

  const [busyIds, noteBusy] = useBusy();
  const onMessage = useCallback(
    (message: LiveMessage) => {
      if (message.type === "reset" || message.more > 0) {
        if (latest.current.isAtTop) latest.current.refresh();
        else hold(latest.current.queryKey, () => ({ isStale: true }));
        return;
      }
      const changes = Array.isArray(message.changes) ? (message.changes as Change[]) : [];
      const here = changes.filter(({ deleted }) => !deleted);
      if (idField === "id") {
        noteBusy(here);
        const gone = new Set(changes.filter(({ deleted }) => deleted).map(({ id }) => id));
        if (gone.size > 0)
          queries.setQueryData<Pages<R>>(
            latest.current.queryKey,
            (pages) => pages && dropRows(pages, rowId, gone),
          );
      }
      for (const change of here) {
        const fits = idField === "id" ? matches(latest.current.filter, change) : null;
        if (fits !== false) pending.current.add(change.id);
      }
      if (pending.current.size > 0) timer.current ??= setTimeout(() => void read(), EVERY_MS);
    },
    [idField, read, hold, noteBusy, queries, rowId],
  );
  useLive(project, LIVE_TOPICS, onMessage, isOn);

  // Another query: what waited belongs to the old one.
  useEffect(() => {
    pending.current.clear();
    return () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    };
  }, [queryKey]);

  useEffect(() => {
    if (freshIds === NONE) return undefined;
    const end = setTimeout(() => setFreshIds(NONE), 1100);
    return () => clearTimeout(end);
  }, [freshIds]);

  const insert = useCallback(() => {
    if (isStale) list.refresh();
    else put(waiting, true);
    hold(queryKey, () => ({ rows: [], isStale: false }));
  }, [isStale, list, put, waiting, hold, queryKey]);

  return {
    isOn,
    reason,
    status: useLiveStatus(),
    waiting: waiting.length,
    isStale,
    insert,
    freshIds,
    busyIds,
  };
}

/** Traces that change again while one watches; a single event, such as a finished one that comes as a whole, is none. */
function useBusy(): [ReadonlySet<string>, (changes: readonly Change[]) => void] {
  const [busy, setBusy] = useState(NONE);
  const lastSeen = useRef(new Map<string, number>());
  const note = useCallback((changes: readonly Change[]) => {
    const now = Date.now();
    const again = changes.filter(({ id }) => now - (lastSeen.current.get(id) ?? 0) < BUSY_MS);
    for (const { id } of changes) lastSeen.current.set(id, now);
    if (again.length > 0) setBusy((old) => new Set([...old, ...again.map(({ id }) => id)]));
  }, []);
  useEffect(() => {
    if (busy === NONE) return undefined;
    const timer = setInterval(() => {
      const from = Date.now() - BUSY_MS;
      for (const [id, at] of lastSeen.current) if (at < from) lastSeen.current.delete(id);
      const left = [...busy].filter((id) => lastSeen.current.has(id));
      if (left.length < busy.size) setBusy(left.length === 0 ? NONE : new Set(left));
    }, 1000);
    return () => clearInterval(timer);
  }, [busy]);
  return [busy, note];
}

const LIVE_TOPICS = ["traces"];
