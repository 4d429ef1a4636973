// Lists of messages under a key, and the system prompt that stands beside them.
import type { Fields } from "../types";
import { decode, isRecord, isText, Reader } from "./fields";
import { isItem, isPieceList } from "./items";
import { isMessage } from "./unwrap";

/** `[[a, b]]` -> `[a, b]`: LangChain's batches. In a loop, because the depth is the sender's choice. */
export function flatten(list: unknown[]): unknown[] {
  let found = list;
  for (let depth = 0; depth < 100 && found.length > 0 && found.every(Array.isArray); depth += 1) {
    found = found.length === 1 ? (found[0] as unknown[]) : found.flat(1);
  }
  return found;
}

/** All that can be said of a list under a key: messages, also in a string, also one alone. */
export function said(value: unknown, role: string): unknown[] | null {
  const held = isText(value) && /^\s*[[{]/.test(value) ? decode(value) : value;
  if (isText(held)) return [{ role, content: held }];
  if (isRecord(held)) return isItem(held) ? [held] : null;
  if (!Array.isArray(held)) return null;
  const flat = flatten(held);
  if (flat.length > 0 && !flat.some(isMessage) && isPieceList(flat) && !flat.every(isItem))
    return [{ role, content: flat }];
  return flat;
}

/** The system prompt that stands beside the messages. */
export function systemOf(fields: Reader): unknown[] {
  const value = fields.get(
    "system",
    "systemInstruction",
    "system_instruction",
    "instructions",
    "system_prompt",
    "systemPrompt",
  );
  if (value !== undefined) return systemMessage(value);
  const config = fields.value["config"];
  if (!isRecord(config)) return [];
  const inner = new Reader(config);
  const held = inner.get("systemInstruction", "system_instruction");
  if (held !== undefined) {
    fields.value = { ...fields.value, config: inner.rest() };
    return systemMessage(held);
  }
  return [];
}

function systemMessage(value: unknown): unknown[] {
  const held = isText(value) ? decode(value) : value;
  if (isText(held)) return held === "" ? [] : [{ role: "system", content: held }];
  if (isRecord(held) && Array.isArray(held["parts"])) return [{ ...held, role: "system" }];
  if (Array.isArray(held)) return [held.some(isMessage) ? held : { role: "system", content: held }].flat();
  return [{ role: "system", content: [held] }];
}

export function without(value: Fields, ...keys: string[]): Fields {
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}
