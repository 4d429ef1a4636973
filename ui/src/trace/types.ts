// What the server says of one trace and of one span, by the words of the viewer.
import type { Schema } from "@/api";

export type StoredText = Schema<"TextOut">;
export type Tokens = Schema<"TokensOut">;
export type Score = Schema<"ViewScoreOut">;
export type TraceHead = Schema<"TraceViewOut">;
export type Span = Schema<"SpanOut">;
export type ConversationGeneration = Schema<"GenerationOut">;
export type Conversation = Schema<"ConversationOut">;
export type Comment = Schema<"CommentOut">;

/** Why the head of a trace could not be read, and the way to read it again. */
export interface HeadFailure {
  error: unknown;
  retry: () => void;
}
