// Whose view of a trace it is: a member's, within its project, or a visitor's, of a published one. And the reads of each.
import { api, call, type Schema } from "@/api";

export interface Published {
  /** The project that published it; "" where the link does not say. */
  published: string;
}

/** The id of a project, or what a visitor has. */
export type Source = string | Published;

export const isPublished = (source: Source): source is Published => typeof source !== "string";

const by = (source: Published) => ({ project: source.published || undefined });
const of = (source: string) => ({ project_id: source });

type Asked<Query> = { query: Query; signal?: AbortSignal };

export type HeadAsked = Asked<{ id: string; near?: string }>;

export function readHead(source: Source, { query, signal }: HeadAsked): Promise<Schema<"TraceViewOut">> {
  return isPublished(source)
    ? api.get("/api/ui/published/trace", { query: { ...query, ...by(source) }, signal })
    : api.get("/api/ui/projects/{project_id}/trace", { path: of(source), query, signal });
}

export type SkeletonAsked = Asked<{ id: string; near?: string; since?: number }>;

export function readSkeleton(
  source: Source,
  { query, signal }: SkeletonAsked,
): Promise<Schema<"SkeletonOut">> {
  return isPublished(source)
    ? api.get("/api/ui/published/trace/skeleton", { query: { ...query, ...by(source) }, signal })
    : api.get("/api/ui/projects/{project_id}/trace/skeleton", { path: of(source), query, signal });
}

export type BranchAsked = Asked<{ id: string; of: string }>;

/** What lies below an observation of a trace that is too large to be read at once. */
export function readChildren(source: Source, { query, signal }: BranchAsked): Promise<Schema<"SkeletonOut">> {
  return isPublished(source)
    ? api.get("/api/ui/published/trace/children", { query: { ...query, ...by(source) }, signal })
    : api.get("/api/ui/projects/{project_id}/trace/children", { path: of(source), query, signal });
}

/** An observation and what stands above it. */
export function readAncestors(
  source: Source,
  { query, signal }: BranchAsked,
): Promise<Schema<"SkeletonOut">> {
  return isPublished(source)
    ? api.get("/api/ui/published/trace/ancestors", { query: { ...query, ...by(source) }, signal })
    : api.get("/api/ui/projects/{project_id}/trace/ancestors", { path: of(source), query, signal });
}

export type TextAsked = Asked<{ id: string; text: string }>;

/** Which observations hold a text in what went in or came out. */
export function findText(source: Source, { query, signal }: TextAsked): Promise<Schema<"FoundTextOut">> {
  return isPublished(source)
    ? api.get("/api/ui/published/trace/find", { query: { ...query, ...by(source) }, signal })
    : api.get("/api/ui/projects/{project_id}/trace/find", { path: of(source), query, signal });
}

export type ConversationAsked = Asked<{ id: string }>;

export function readConversation(
  source: Source,
  { query, signal }: ConversationAsked,
): Promise<Schema<"ConversationOut">> {
  return isPublished(source)
    ? api.get("/api/ui/published/trace/conversation", { query: { ...query, ...by(source) }, signal })
    : api.get("/api/ui/projects/{project_id}/trace/conversation", { path: of(source), query, signal });
}

export type SpanAsked = Asked<{ trace: string; id: string }>;

export function readSpan(source: Source, { query, signal }: SpanAsked): Promise<Schema<"SpanOut">> {
  return isPublished(source)
    ? api.get("/api/ui/published/span", { query: { ...query, ...by(source) }, signal })
    : api.get("/api/ui/projects/{project_id}/span", { path: of(source), query, signal });
}

export type PieceAsked = Asked<{
  trace: string;
  id?: string;
  field: "input" | "output" | "metadata";
  from: number;
  to: number;
}>;

/** A piece of a text; how long the whole is stands in `X-Total-Length`. */
export function readPiece(source: Source, { query, signal }: PieceAsked): Promise<Response> {
  return isPublished(source)
    ? call("get", "/api/ui/published/span/text", { query: { ...query, ...by(source) }, signal })
    : call("get", "/api/ui/projects/{project_id}/span/text", { path: of(source), query, signal });
}

/** Where the bytes of a medium are that a published trace refers to. */
export function readPublishedMedia(
  source: Published,
  query: { trace: string; id: string },
  signal?: AbortSignal,
) {
  return api.get("/api/ui/published/media", { query: { ...query, ...by(source) }, signal });
}
