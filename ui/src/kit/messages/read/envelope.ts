// One side of a call -> the list of its raw messages, the tools and the schema, and all that stands beside.
import type { Fields, Side } from "../types";
import { decode, isEmpty, isRecord, isText, Reader } from "./fields";
import { gatherFlat } from "./flat";
import { isItem, isPieceList } from "./items";
import { flatten, without } from "./lists";
import { takeSchema, takeTools } from "./offers";
import { OPENERS } from "./openers";
import { assembleStream } from "./stream";
import { isMessage } from "./unwrap";

export interface Envelope {
  items: unknown[];
  tools: unknown[];
  schema?: unknown;
  extra: Fields;
}

/** Null: these are no messages. */
export function openEnvelope(value: unknown, side: Side, depth = 0): Envelope | null {
  if (isText(value)) return plain([value]);
  if (Array.isArray(value)) return openList(value, side);
  if (!isRecord(value) || depth > 5) return null;
  if (isItem(value)) return openItem(value);
  const flat = gatherFlat(value);
  if (flat) return { items: flat.messages, tools: [], extra: flat.rest };
  const fields = new Reader({ ...value });
  const tools = takeTools(fields);
  const schema = takeSchema(fields);
  for (const open of OPENERS) {
    const items = open(fields, side);
    if (items) return { items, tools, schema, extra: fields.rest() };
  }
  const inner = openInner(value, side, depth);
  if (inner) return inner;
  return tools.length > 0 ? { items: [], tools, schema, extra: fields.rest() } : null;
}

const plain = (items: unknown[]): Envelope => ({ items, tools: [], extra: {} });

/** A message by itself; tools that came with it are not a part of what is said. */
function openItem(value: Fields): Envelope {
  if (!Array.isArray(value["tools"])) return plain([value]);
  const { tools, ...message } = value;
  return { items: [message], tools: tools as unknown[], extra: {} };
}

function openList(list: unknown[], side: Side): Envelope | null {
  const flat = flatten(list);
  if (flat.length === 0) return plain([]);
  const whole = assembleStream(flat);
  if (whole) return openEnvelope(whole, side, 1);
  if (flat.some(isMessage) || flat.every(isItem)) return plain(flat);
  if (flat.every(isText)) return plain(flat);
  if (flat.every(isCall)) return plain([{ role: "assistant", tool_calls: flat }]);
  if (isPieceList(flat)) return plain([{ content: flat, role: side === "input" ? "user" : "assistant" }]);
  const opened = flat.map((item) => (isRecord(item) ? openEnvelope(item, side, 3) : null));
  return opened.every((item) => item !== null && item.items.length > 0) ? merge(opened as Envelope[]) : null;
}

/** A call of a tool without a message around it. */
function isCall(value: unknown): boolean {
  if (!isRecord(value)) return false;
  return (
    (isText(value["toolName"]) && isText(value["toolCallId"])) ||
    (isRecord(value["function"]) && isText(value["id"]))
  );
}

function merge(parts: Envelope[]): Envelope {
  const extra: Fields = {};
  parts.forEach((part, index) => {
    for (const [key, value] of Object.entries(part.extra)) extra[`[${index}].${key}`] = value;
  });
  return {
    items: parts.flatMap((part) => part.items),
    tools: parts.flatMap((part) => part.tools),
    schema: parts.find((part) => part.schema !== undefined)?.schema,
    extra,
  };
}

const WRAPPERS = [
  "kwargs",
  "body",
  "request",
  "response",
  "data",
  "json",
  "params",
  "input",
  "inputs",
  "output",
  "outputs",
  "result",
  "value",
  "state",
  "payload",
  "__start__",
];

/** The messages are a level deeper: `{kwargs: {messages}}`, `{"__start__": {...}}`, `{agent: {messages}}`. */
function openInner(value: Fields, side: Side, depth: number): Envelope | null {
  const keys = Object.keys(value);
  const args = value["args"];
  const candidates = keys.length === 1 ? keys : WRAPPERS.filter((key) => key in value);
  for (const key of candidates) {
    const held = decode(value[key]);
    const inner =
      isRecord(held) || (Array.isArray(held) && held.some(isItem))
        ? openEnvelope(held, side, depth + 1)
        : null;
    if (inner && inner.items.length > 0) return wrapped(inner, key, without(value, key));
  }
  if (!Array.isArray(args)) return null;
  const index = args.findIndex(
    (item) => !isText(item) && (openEnvelope(item, side, depth + 1)?.items.length ?? 0) > 0,
  );
  const lone = args.length === 1 && isText(args[0]);
  if (index < 0 && !lone) return null;
  const inner = openEnvelope(args[Math.max(index, 0)], side, depth + 1) as Envelope;
  const others = args.filter((_, place) => place !== Math.max(index, 0));
  return wrapped(inner, "args", { ...without(value, "args"), args: others });
}

function wrapped(inner: Envelope, key: string, outer: Fields): Envelope {
  const extra: Fields = {};
  for (const [name, held] of Object.entries(outer)) if (!isEmpty(held)) extra[name] = held;
  for (const [name, held] of Object.entries(inner.extra)) extra[`${key}.${name}`] = held;
  return { ...inner, extra };
}
