// What the server says of one session, and its turns from the first on.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api, type Schema } from "@/api";

export type StoredText = Schema<"TextOut">;
export type SessionScore = Schema<"ViewScoreOut">;
export type Session = Schema<"SessionViewOut">;
/** One trace of the session. */
export type Turn = Schema<"TurnOut">;

const keyOf = (projectId: string, sessionId: string) => ["session", projectId, sessionId] as const;

export const sessionQuery = (projectId: string, sessionId: string) =>
  queryOptions({
    queryKey: [...keyOf(projectId, sessionId), "head"],
    queryFn: ({ signal }) =>
      api.get("/api/ui/projects/{project_id}/session", {
        path: { project_id: projectId },
        query: { id: sessionId },
        signal,
      }),
  });

export const turnsQuery = (projectId: string, sessionId: string) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(projectId, sessionId), "turns"],
    queryFn: ({ signal, pageParam }) =>
      api.get("/api/ui/projects/{project_id}/session/turns", {
        path: { project_id: projectId },
        query: { id: sessionId, cursor: pageParam },
        signal,
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.cursor ?? undefined,
  });

/** The model calls of one turn. */
export const stepsQuery = (projectId: string, traceId: string) =>
  queryOptions({
    queryKey: ["session-steps", projectId, traceId],
    queryFn: ({ signal }) =>
      api.get("/api/ui/projects/{project_id}/trace/conversation", {
        path: { project_id: projectId },
        query: { id: traceId },
        signal,
      }),
    staleTime: 60_000,
  });
