// Where a reader is, and the way back into the whole registry: readers of parts within parts go through it, so
// that no reader has to know the others.
import { splitReferences } from "@/kit/media/reference";
import type { Fields, Part } from "../types";
import { isText, type Reader } from "./fields";
import { mediaPart, sourceOf } from "./sources";

export interface PartContext {
  /** Where we are in the message, for the names of what is left over. */
  path: string;
  depth: number;
  rest: Fields;
  /** Content of any form: text, one piece, a list of pieces. */
  read(content: unknown, context: PartContext): Part[];
  /** A value that is a piece of content rather than data. */
  isPiece(value: unknown): boolean;
}

/** Null: this is not what the tag promised. */
export type PartReader = (fields: Reader, context: PartContext) => Part[] | null;

export const within = (context: PartContext, step: string): PartContext => ({
  ...context,
  path: context.path ? context.path + step : step.replace(/^\./, ""),
  depth: context.depth + 1,
});

/** What the reader left goes to the message's other fields, under the path of the piece. */
export function keepRest(fields: Reader, context: PartContext): void {
  for (const [key, value] of Object.entries(fields.rest())) {
    context.rest[context.path ? `${context.path}.${key}` : key] = value;
  }
}

/** A text; the media references inside it become media, in their place. */
export function readText(text: string): Part[] {
  if (text.startsWith("data:") && sourceOf(text)) return [mediaPart("file", text)];
  return splitReferences(text).map((piece) =>
    isText(piece)
      ? { type: "text", text: piece }
      : mediaPart("file", `@@@langfuseMedia:type=${piece.mime}|id=${piece.id}|source=${piece.origin}@@@`),
  );
}
