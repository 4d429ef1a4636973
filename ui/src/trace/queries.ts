// Everything that the trace viewer asks of the server.
import { queryOptions, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { api, ApiError, call } from "@/api";
import { useLive } from "@/kit/live";

import { decode, merge, type Skeleton } from "./skeleton";
import {
  findText,
  isPublished,
  readConversation,
  readHead,
  readPiece,
  readSkeleton,
  readSpan,
  type Source,
} from "./source";
import type { TraceHead } from "./types";

/** A trace that is not here yet is waited for this long: ingestion may lag. */
const WAIT_MS = 30_000;
const WAIT_STEP_MS = 2_000;
export const WAIT_TRIES = WAIT_MS / WAIT_STEP_MS;

const isMissing = (error: unknown) => error instanceof ApiError && error.status === 404;
const passing = (error: unknown) => error instanceof ApiError && error.isPassing;

/** What was sent just now is waited for; what is published was there before. */
const waiting = (source: Source) => ({
  retry: (failures: number, error: unknown) =>
    isMissing(error) ? !isPublished(source) && failures < WAIT_TRIES : passing(error) && failures < 2,
  retryDelay: (_: number, error: unknown) => (isMissing(error) ? WAIT_STEP_MS : 1000),
});

export const traceKey = (source: Source, traceId: string) => ["trace", source, traceId] as const;

export function headQuery(source: Source, traceId: string, near?: string) {
  return queryOptions({
    queryKey: [...traceKey(source, traceId), "head"],
    queryFn: ({ signal }) => readHead(source, { query: { id: traceId, near }, signal }),
    ...waiting(source),
  });
}

export function skeletonQuery(source: Source, traceId: string, near?: string) {
  return queryOptions({
    queryKey: [...traceKey(source, traceId), "skeleton"],
    queryFn: async ({ signal }) =>
      decode(await readSkeleton(source, { query: { id: traceId, near }, signal })),
    ...waiting(source),
    // Increments keep it fresh. Comparing 50,000 rows with 50,000 rows to share them would cost more than it saves.
    staleTime: Infinity,
    gcTime: 2 * 60_000,
    structuralSharing: false,
  });
}

export function spanKey(source: Source, traceId: string, spanId: string) {
  return [...traceKey(source, traceId), "span", spanId] as const;
}

export function spanQuery(source: Source, traceId: string, spanId: string) {
  return queryOptions({
    queryKey: spanKey(source, traceId, spanId),
    queryFn: ({ signal }) => readSpan(source, { query: { trace: traceId, id: spanId }, signal }),
    staleTime: 60_000,
    structuralSharing: false,
  });
}

export function conversationQuery(source: Source, traceId: string) {
  return queryOptions({
    queryKey: [...traceKey(source, traceId), "conversation"],
    queryFn: ({ signal }) => readConversation(source, { query: { id: traceId }, signal }),
    structuralSharing: false,
  });
}

export function textQuery(source: Source, traceId: string, text: string) {
  return queryOptions({
    queryKey: [...traceKey(source, traceId), "find", text],
    queryFn: ({ signal }) => findText(source, { query: { id: traceId, text }, signal }),
    staleTime: 10_000,
    gcTime: 60_000,
  });
}

export type TraceEdit = Partial<Pick<TraceHead, "bookmarked" | "tags" | "public">>;

/** Bookmark, tags, publishing: shown at once, taken back when the server refuses. */
export async function editTrace(queries: QueryClient, projectId: string, traceId: string, edit: TraceEdit) {
  const { queryKey } = headQuery(projectId, traceId);
  const before = queries.getQueryData(queryKey);
  if (before) queries.setQueryData(queryKey, { ...before, ...edit });
  try {
    await api.patch("/api/ui/projects/{project_id}/trace", {
      path: { project_id: projectId },
      query: { id: traceId },
      body: edit,
    });
  } catch (error) {
    if (before) queries.setQueryData(queryKey, before);
    throw error;
  }
}

/** Merges what arrived for the open trace into what is shown, at most one request at a time. */
export function useLiveTrace(source: Source, traceId: string, isOn: boolean, isRunning: boolean): void {
  const queries = useQueryClient();
  const state = useRef({ busy: false, again: false });
  const pull = useCallback(async (): Promise<void> => {
    if (state.current.busy) {
      state.current.again = true;
      return;
    }
    state.current.busy = true;
    try {
      do {
        state.current.again = false;
        await pullOnce(queries, source, traceId);
      } while (state.current.again);
    } catch {
      // The next event, or opening the trace again, catches up; what is shown stays right.
    } finally {
      state.current.busy = false;
    }
  }, [queries, source, traceId]);
  const topics = useMemo(() => [`trace:${traceId}`], [traceId]);
  // News are for members.
  useLive(isPublished(source) ? "" : source, topics, () => void pull(), isOn && !isPublished(source));
  // A trace that runs at the time of a missed event ends some time: a slow look keeps its ring honest.
  useEffect(() => {
    if (!isOn || !isRunning) return undefined;
    const timer = setInterval(() => void pull(), 10_000);
    return () => clearInterval(timer);
  }, [isOn, isRunning, pull]);
}

async function pullOnce(queries: QueryClient, source: Source, traceId: string): Promise<void> {
  const { queryKey } = skeletonQuery(source, traceId);
  const known = queries.getQueryData<Skeleton>(queryKey);
  if (!known) {
    await queries.refetchQueries({ queryKey: traceKey(source, traceId) });
    return;
  }
  const increment = decode(
    await readSkeleton(source, { query: { id: traceId, since: Number(known.cursor) } }),
  );
  const current = queries.getQueryData<Skeleton>(queryKey) ?? known;
  queries.setQueryData(queryKey, merge(current, increment));
  for (const row of increment.rows) {
    void queries.invalidateQueries({ queryKey: spanKey(source, traceId, row.id) });
  }
  await queries.invalidateQueries({ queryKey: headQuery(source, traceId).queryKey });
  if (increment.rows.length > 0) {
    await queries.invalidateQueries({ queryKey: conversationQuery(source, traceId).queryKey });
  }
}

/** A piece of a text that is too long for one answer. */
export async function readText(
  source: Source,
  traceId: string,
  spanId: string | null,
  field: "input" | "output" | "metadata",
): Promise<string> {
  const step = 4 << 20;
  let text = "";
  for (let total = Infinity; text.length < total;) {
    const at = { from: text.length, to: text.length + step };
    const query = { trace: traceId, id: spanId ?? undefined, field, ...at };
    const response = await readPiece(source, { query });
    total = Number(response.headers.get("X-Total-Length") ?? 0);
    const piece = await response.text();
    if (piece === "") break;
    text += piece;
  }
  return text;
}

/** The trace with all its observations, as the public API gives it: for the JSON view and for the download. */
export async function readWholeTrace(
  projectId: string,
  traceId: string,
  signal?: AbortSignal,
): Promise<string> {
  // Browsers take such a path for a step through folders: another address would be asked.
  if (traceId === "." || traceId === "..")
    throw new Error(`No address can name a trace whose id is “${traceId}”`);
  const path = { trace_id: traceId };
  return (await call("get", "/api/public/traces/{trace_id}", { path, project: projectId, signal })).text();
}
