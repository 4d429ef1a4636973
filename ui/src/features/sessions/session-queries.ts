// What the server says of one session, and its turns from the first on.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { api } from "@/api";
import type { Generation } from "@/kit/messages";

export interface StoredText {
  text: string;
  length: number;
  truncated: boolean;
  kind: "json" | "text" | "none";
}

export interface SessionScore {
  id: string;
  name: string;
  value: number | null;
  stringValue: string | null;
  dataType: string;
  source: string;
  comment: string | null;
}

export interface Tokens {
  in: number;
  out: number;
  total: number;
  cached: number;
}

export interface Session {
  id: string;
  createdAt: string;
  first: string;
  last: string;
  traces: number;
  users: string[];
  observations: number;
  errors: number;
  cost: number | null;
  tokens: Tokens | null;
  environments: string[];
  tags: string[];
  bookmarked: boolean;
  scores: SessionScore[];
}

/** One trace of the session. */
export interface Turn {
  trace: {
    id: string;
    name: string | null;
    time: string;
    /** Seconds. */
    latency: number | null;
    level: string;
    cost: number | string | null;
    tokens: Tokens | null;
    observations: number;
    errors: number;
    user: string | null;
    tags: string[];
  };
  input: StoredText;
  output: StoredText;
  scores: SessionScore[];
  steps: { generations: number; tools: number; other: number };
}

interface TurnPage {
  turns: Turn[];
  cursor: string | null;
}

const base = (projectId: string): string => `/api/ui/projects/${encodeURIComponent(projectId)}`;
const keyOf = (projectId: string, sessionId: string) => ["session", projectId, sessionId] as const;

export const sessionQuery = (projectId: string, sessionId: string) =>
  queryOptions({
    queryKey: [...keyOf(projectId, sessionId), "head"],
    queryFn: ({ signal }) =>
      api.get<Session>(`${base(projectId)}/session`, { query: { id: sessionId }, signal }),
  });

export const turnsQuery = (projectId: string, sessionId: string) =>
  infiniteQueryOptions({
    queryKey: [...keyOf(projectId, sessionId), "turns"],
    queryFn: ({ signal, pageParam }) =>
      api.get<TurnPage>(`${base(projectId)}/session/turns`, {
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
      api.get<{ generations: (Generation & { model: string | null; level: string })[]; truncated: boolean }>(
        `${base(projectId)}/trace/conversation`,
        { query: { id: traceId }, signal },
      ),
    staleTime: 60_000,
  });
