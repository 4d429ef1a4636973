// Lists that were spread over attribute names (`llm.input_messages.0.message.role`), put together again.
import type { Fields } from "../types";
import { isRecord } from "./fields";

const LISTS = /^(?:llm\.(?:input|output)_messages|gen_ai\.(?:prompt|completion))\.(\d{1,3}\..+)$/;
const FLAT = /^(message|tool_call|message_content)\.[a-z_]/;
const MAX_STEPS = 16;

type Node = Map<string, unknown>;

/** The messages that the attributes hold, and the other attributes; null if these hold none. */
export function gatherFlat(value: Fields): { messages: unknown[]; rest: Fields } | null {
  const root: Node = new Map();
  const rest: Fields = {};
  for (const [key, held] of Object.entries(value)) {
    const path = LISTS.exec(key)?.[1];
    if (path === undefined || !put(root, path.split("."), held)) rest[key] = held;
  }
  const messages = root.size > 0 ? finish(root) : null;
  return Array.isArray(messages) ? { messages, rest } : null;
}

/** `{"message.role": ...}` -> `{message: {role: ...}}`, also in the lists it holds. */
export function unfold(value: Fields): Fields {
  if (!Object.keys(value).some((key) => FLAT.test(key))) return value;
  const root: Node = new Map();
  for (const [key, held] of Object.entries(value)) {
    const inner = Array.isArray(held)
      ? held.map((item: unknown) => (isRecord(item) ? unfold(item) : item))
      : held;
    if (!put(root, key.split("."), inner)) root.set(key, inner);
  }
  return finish(root) as Fields;
}

function put(root: Node, path: string[], held: unknown): boolean {
  if (path.length > MAX_STEPS) return false;
  let node = root;
  for (const step of path.slice(0, -1)) {
    const next = node.get(step) ?? new Map<string, unknown>();
    if (!(next instanceof Map)) return false;
    node.set(step, next);
    node = next;
  }
  const last = path[path.length - 1] as string;
  if (node.has(last)) return false;
  node.set(last, held);
  return true;
}

function finish(node: Node): unknown {
  const entries = [...node].map(([key, held]): [string, unknown] => [
    key,
    held instanceof Map ? finish(held as Node) : held,
  ]);
  if (!entries.every(([key]) => /^\d+$/.test(key))) return Object.fromEntries(entries);
  return entries.sort(([a], [b]) => Number(a) - Number(b)).map(([, held]) => held);
}
