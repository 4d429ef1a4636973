// Everything that the trace viewer asks of the server.
import { queryOptions, type QueryClient, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { api, ApiError, call, type Schema } from "@/api";
import { useLive } from "@/kit/live";

import { decode, merge, type Skeleton } from "./skeleton";
import type { TraceHead } from "./types";

/** A trace that is not here yet is waited for this long: ingestion may lag. */
const WAIT_MS = 30_000;
const WAIT_STEP_MS = 2_000;
export const WAIT_TRIES = WAIT_MS / WAIT_STEP_MS;

const isMissing = (error: unknown) => error instanceof ApiError && error.status === 404;
const passing = (error: unknown) => error instanceof ApiError && error.isPassing;

const of = (projectId: string) => ({ project_id: projectId });
export const traceKey = (projectId: string, traceId: string) => ["trace", projectId, traceId] as const;

export function headQuery(projectId: string, traceId: string, near?: string) {
  return queryOptions({
    queryKey: [...traceKey(projectId, traceId), "head"],
    queryFn: ({ signal }) =>
      api.get("/api/ui/projects/{project_id}/trace", {
        path: of(projectId),
        query: { id: traceId, near },
        signal,
      }),
    retry: (failures, error) => (isMissing(error) ? failures < WAIT_TRIES : passing(error) && failures < 2),
    retryDelay: (_, error) => (isMissing(error) ? WAIT_STEP_MS : 1000),
  });
}

export function skeletonQuery(projectId: string, traceId: string, near?: string) {
  return queryOptions({
    queryKey: [...traceKey(projectId, traceId), "skeleton"],
    queryFn: async ({ signal }) => decode(await readSkeleton(projectId, traceId, { near }, signal)),
    retry: (failures, error) => (isMissing(error) ? failures < WAIT_TRIES : passing(error) && failures < 2),
    retryDelay: (_, error) => (isMissing(error) ? WAIT_STEP_MS : 1000),
    // Increments keep it fresh. Comparing 50,000 rows with 50,000 rows to share them would cost more than it saves.
    staleTime: Infinity,
    gcTime: 2 * 60_000,
    structuralSharing: false,
  });
}

function readSkeleton(
  projectId: string,
  traceId: string,
  more: { near?: string; since?: number },
  signal?: AbortSignal,
): Promise<Schema<"SkeletonOut">> {
  const query = { id: traceId, ...more };
  return api.get("/api/ui/projects/{project_id}/trace/skeleton", { path: of(projectId), query, signal });
}

export function spanKey(projectId: string, traceId: string, spanId: string) {
  return [...traceKey(projectId, traceId), "span", spanId] as const;
}

export function spanQuery(projectId: string, traceId: string, spanId: string) {
  return queryOptions({
    queryKey: spanKey(projectId, traceId, spanId),
    queryFn: ({ signal }) =>
      api.get("/api/ui/projects/{project_id}/span", {
        path: of(projectId),
        query: { trace: traceId, id: spanId },
        signal,
      }),
    staleTime: 60_000,
    structuralSharing: false,
  });
}

export function conversationQuery(projectId: string, traceId: string) {
  return queryOptions({
    queryKey: [...traceKey(projectId, traceId), "conversation"],
    queryFn: ({ signal }) =>
      api.get("/api/ui/projects/{project_id}/trace/conversation", {
        path: of(projectId),
        query: { id: traceId },
        signal,
      }),
    structuralSharing: false,
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
      path: of(projectId),
      query: { id: traceId },
      body: edit,
    });
  } catch (error) {
    if (before) queries.setQueryData(queryKey, before);
    throw error;
  }
}

/** Merges what arrived for the open trace into what is shown, at most one request at a time. */
export function useLiveTrace(projectId: string, traceId: string, isOn: boolean, isRunning: boolean): void {
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
        await pullOnce(queries, projectId, traceId);
      } while (state.current.again);
    } catch {
      // The next event, or opening the trace again, catches up; what is shown stays right.
    } finally {
      state.current.busy = false;
    }
  }, [queries, projectId, traceId]);
  const topics = useMemo(() => [`trace:${traceId}`], [traceId]);
  useLive(projectId, topics, () => void pull(), isOn);
  // A trace that runs at the time of a missed event ends some time: a slow look keeps its ring honest.
  useEffect(() => {
    if (!isOn || !isRunning) return undefined;
    const timer = setInterval(() => void pull(), 10_000);
    return () => clearInterval(timer);
  }, [isOn, isRunning, pull]);
}

async function pullOnce(queries: QueryClient, projectId: string, traceId: string): Promise<void> {
  const { queryKey } = skeletonQuery(projectId, traceId);
  const known = queries.getQueryData<Skeleton>(queryKey);
  if (!known) {
    await queries.refetchQueries({ queryKey: traceKey(projectId, traceId) });
    return;
  }
  const increment = decode(await readSkeleton(projectId, traceId, { since: Number(known.cursor) }));
  const current = queries.getQueryData<Skeleton>(queryKey) ?? known;
  queries.setQueryData(queryKey, merge(current, increment));
  for (const row of increment.rows) {
    void queries.invalidateQueries({ queryKey: spanKey(projectId, traceId, row.id) });
  }
  await queries.invalidateQueries({ queryKey: headQuery(projectId, traceId).queryKey });
  if (increment.rows.length > 0) {
    await queries.invalidateQueries({ queryKey: conversationQuery(projectId, traceId).queryKey });
  }
}

/** A piece of a text that is too long for one answer. */
export async function readText(
  projectId: string,
  traceId: string,
  spanId: string | null,
  field: "input" | "output" | "metadata",
): Promise<string> {
  const step = 4 << 20;
  let text = "";
  for (let total = Infinity; text.length < total;) {
    const query = {
      trace: traceId,
      id: spanId ?? undefined,
      field,
      from: text.length,
      to: text.length + step,
    };
    const response = await call("get", "/api/ui/projects/{project_id}/span/text", {
      path: of(projectId),
      query,
    });
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
  const path = { trace_id: traceId };
  return (await call("get", "/api/public/traces/{trace_id}", { path, project: projectId, signal })).text();
}
