// What providers and frameworks call those who speak.
import type { Fields, Role } from "../types";
import { isRecord, isText } from "./fields";

const ROLES: Record<string, Role> = {
  system: "system",
  systemmessage: "system",
  "system-prompt": "system",
  "gen_ai.system.message": "system",
  developer: "developer",
  user: "user",
  human: "user",
  humanmessage: "user",
  customer: "user",
  "user-prompt": "user",
  "gen_ai.user.message": "user",
  assistant: "assistant",
  ai: "assistant",
  aimessage: "assistant",
  model: "assistant",
  bot: "assistant",
  chatbot: "assistant",
  agent: "assistant",
  response: "assistant",
  "gen_ai.assistant.message": "assistant",
  "gen_ai.choice": "assistant",
  tool: "tool",
  toolmessage: "tool",
  function: "tool",
  functionmessage: "tool",
  tool_result: "tool",
  "tool-return": "tool",
  "retry-prompt": "tool",
  "gen_ai.tool.message": "tool",
};

/** `MessageRole.USER`, `HumanMessageChunk`, `{Label: "user"}` -> our role; undefined for a word nobody knows. */
export function roleOf(value: unknown): Role | undefined {
  const word = isRecord(value) ? (value["Label"] ?? value["label"] ?? value["value"]) : value;
  if (!isText(word)) return undefined;
  const plain = word
    .toLowerCase()
    .replace(/^messagerole\./, "")
    .replace(/chunk$/, "");
  return Object.hasOwn(ROLES, plain) ? ROLES[plain] : undefined;
}

/** Types of LangChain's messages, which have no role. */
const LANGCHAIN = new Set(["human", "ai", "system", "tool", "function", "chat", "remove"]);
export const isLangchainType = (value: unknown): boolean =>
  isText(value) && LANGCHAIN.has(value.toLowerCase().replace(/messagechunk$|message$/, ""));

/** `["langchain", "schema", "messages", "HumanMessage"]` -> "HumanMessage". */
export function className(raw: Fields): string | undefined {
  const id = raw["id"];
  const last: unknown = Array.isArray(id) ? id[id.length - 1] : undefined;
  return raw["lc"] !== undefined && isText(last) ? last : undefined;
}
