// One piece of a message's content, in the spelling of any provider -> parts of our model. Frameworks mix the
// spellings freely (a LangChain message holds Anthropic blocks), so the tag decides, not the provider.
import type { Part } from "../types";
import { keepRest, readText, within, type PartContext, type PartReader } from "./context";
import { isEmpty, isRecord, isText, Reader } from "./fields";
import { mediaReaders } from "./media";
import { textReaders } from "./texts";
import { toolReaders } from "./tool-parts";
import { partWithoutTag } from "./untagged";

const MAX_DEPTH = 12;
const READERS = new Map<string, PartReader>(
  Object.entries({ ...textReaders, ...mediaReaders, ...toolReaders }),
);
const TAGS = ["type", "$type", "part_kind", "block_type", "kind"];
/** The only key of a piece in Bedrock's style. */
const LONE_KEYS = new Set(["text", "json", "image", "document", "video", "inlineData", "inline_data"]);

export const newContext = (path = ""): PartContext => ({
  path,
  depth: 0,
  rest: {},
  read: readParts,
  isPiece,
});

function readParts(content: unknown, context: PartContext): Part[] {
  if (content === null || content === undefined) return [];
  if (isText(content)) return readText(content);
  if (!Array.isArray(content)) return readPart(content, context);
  return content.flatMap((piece, index) => readPart(piece, within(context, `[${index}]`)));
}

function readPart(piece: unknown, context: PartContext): Part[] {
  if (isText(piece)) return readText(piece);
  if (isEmpty(piece)) return [];
  if (!isRecord(piece) || context.depth > MAX_DEPTH) return [{ type: "json", value: piece }];
  const fields = new Reader(piece);
  const rest: PartContext["rest"] = {};
  const parts = readerOf(fields)?.(fields, { ...context, rest });
  if (!parts) return [{ type: "json", value: piece }];
  keepRest(fields, context);
  Object.assign(context.rest, rest);
  return parts;
}

function readerOf(fields: Reader): PartReader | null {
  const key = TAGS.find((candidate) => isText(fields.value[candidate]));
  if (key === undefined) return partWithoutTag(fields);
  fields.drop(key);
  return READERS.get((fields.value[key] as string).toLowerCase()) ?? partWithoutTag(fields);
}

function isPiece(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const keys = Object.keys(value);
  if (keys.length === 1 && LONE_KEYS.has(keys[0] as string)) return true;
  const tag = TAGS.map((key) => value[key]).find(isText);
  return tag !== undefined && READERS.has(tag.toLowerCase());
}
