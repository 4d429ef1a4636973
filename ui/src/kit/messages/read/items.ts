// What may stand in a list of messages: messages, items without a speaker, pieces of content.
import { isRecord, isText } from "./fields";
import { newContext } from "./parts";
import { isMessage } from "./unwrap";

const LONE_ITEMS =
  /^(reasoning|(custom_)?(tool_|function_)?call(_output)?|[a-z_]+_call(_output)?|mcp_[a-z_]+|item_reference|custom_tool_call(_output)?)$/;
const PARTS = ["text", "functionCall", "functionResponse", "inlineData", "toolUse", "toolResult"];

/** A message, or an item of OpenAI Responses that stands for one. */
export function isItem(value: unknown): boolean {
  if (isMessage(value)) return true;
  if (!isRecord(value) || !isText(value["type"])) return false;
  return LONE_ITEMS.test(value["type"]) && ("id" in value || "call_id" in value || "summary" in value);
}

/** The content of one message. */
export function isPieceList(list: unknown[]): boolean {
  const { isPiece } = newContext();
  return (
    list.length > 0 &&
    list.every((item) => isPiece(item) || isText(item) || isBarePiece(item)) &&
    !list.every(isText)
  );
}

const isBarePiece = (item: unknown): boolean => {
  const keys = isRecord(item) ? Object.keys(item) : [];
  return keys.length > 0 && keys.length <= 2 && PARTS.includes(keys[0] as string);
};

export const hasPieces = (list: unknown[]): boolean =>
  list.length > 0 && (list.some(isItem) || isPieceList(list));
