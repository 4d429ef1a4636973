// The wrappers that frameworks put around a message, taken off one by one until the message itself is there.
import type { Fields } from "../types";
import { decode, isRecord, isText, Reader } from "./fields";
import { unfold } from "./flat";
import { className, isLangchainType, roleOf } from "./roles";

/** A message without its wrappers, and what these said. */
export interface Item {
  fields: Fields;
  role?: unknown;
  finish?: string;
  choice?: number;
  /** What the wrappers held beside, by name. */
  rest: Fields;
}

type Step = (item: Item, fields: Reader) => Fields | null;

const FINISH = ["finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason"];
const NO_REASON = new Set(["", "null", "FINISH_REASON_UNSPECIFIED"]);

/** Takes `finish_reason` and its likes out of `fields`. */
export function takeFinish(fields: Reader): string | undefined {
  const reason = fields.text(...FINISH);
  return reason === undefined || NO_REASON.has(reason) ? undefined : reason;
}

/** `{index, message, finish_reason}`: a choice of OpenAI's, an event of OpenTelemetry's, an answer of Ollama's. */
const choice: Step = (item, fields) => {
  const key = "message" in fields.value ? "message" : "delta";
  const inner = spelled(fields.value[key]);
  if (!isRecord(inner) || (key === "delta" && !("index" in fields.value))) return null;
  if (roleOf(fields.value["role"]) && fields.has("content")) return null;
  item.role ??= fields.text("event.name", "role");
  item.finish ??= takeFinish(fields);
  if (typeof fields.value["index"] === "number")
    item.choice ??= fields.drop("index").value["index"] as number;
  // LangChain's generation repeats the text of its message; Ollama and LlamaIndex say things about the run.
  fields.drop(key, "text", "type");
  return inner;
};

/** The text of an event may be the whole message once more (Semantic Kernel). */
const written: Step = (_, fields) => {
  const inner = isText(fields.value["event.name"]) ? spelled(fields.value["content"]) : null;
  if (!isRecord(inner) || !roleOf(inner["role"])) return null;
  fields.drop("content", "role");
  return { ...inner, "event.name": fields.text("event.name") };
};

/** A message that was written out as JSON. */
const spelled = (value: unknown): unknown => (isText(value) && /^\s*\{/.test(value) ? decode(value) : value);

/** OpenInference's names, where nobody has put them together. */
const unfolded: Step = (_, fields) => {
  const inner = unfold(fields.value);
  if (inner === fields.value) return null;
  fields.drop(...Object.keys(fields.value));
  return inner;
};

/** `{content: {role, parts}, finishReason}`: a candidate of Gemini's. */
const candidate: Step = (item, fields) => {
  const inner = fields.value["content"];
  if (!isRecord(inner) || !("parts" in inner || "role" in inner) || roleOf(fields.value["role"])) return null;
  item.role ??= "model";
  item.finish ??= takeFinish(fields);
  if (typeof fields.value["index"] === "number")
    item.choice ??= fields.drop("index").value["index"] as number;
  fields.drop("content");
  return inner;
};

/** `{lc: 1, type: "constructor", id: [..., "AIMessage"], kwargs: {...}}`. */
const constructor: Step = (item, fields) => {
  const name = className(fields.value);
  const kwargs = fields.value["kwargs"];
  if (name === undefined || !isRecord(kwargs)) return null;
  item.role ??= kwargs["role"] ?? kwargs["type"] ?? name;
  fields.drop("lc", "type", "id", "kwargs", "name");
  return kwargs;
};

/** `{type: "human", data: {content}}`. */
const dumped: Step = (item, fields) => {
  const data = fields.value["data"];
  if (!isRecord(data) || !isLangchainType(fields.value["type"]) || !("content" in data)) return null;
  item.role ??= fields.value["type"];
  fields.drop("type", "data");
  return data;
};

const STEPS: Step[] = [unfolded, written, constructor, dumped, candidate, choice];

export function unwrap(raw: Fields): Item {
  const item: Item = { fields: raw, rest: {} };
  for (let depth = 0; depth < 6; depth += 1) {
    const fields = new Reader(item.fields);
    let inner: Fields | null = null;
    for (const step of STEPS) if (!inner) inner = step(item, fields);
    if (!inner) break;
    Object.assign(item.rest, fields.rest());
    item.fields = inner;
  }
  return item;
}

const EVENT = /^gen_ai\.(system|user|assistant|tool)\.message$|^gen_ai\.choice$/;

/** Something that a reader of messages can make more of than JSON. */
export function isMessage(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const { fields, role } = unwrap(value);
  if (fields !== value && (role !== undefined || looksSaid(fields))) return true;
  return looksSaid(value);
}

const CONTENTS = [
  "content",
  "Content",
  "contents",
  "parts",
  "Items",
  "items",
  "blocks",
  "tool_calls",
  "function_call",
];

/** A part of Gemini's. */
const isBarePart = (part: unknown): boolean =>
  isRecord(part) &&
  ["text", "inlineData", "inline_data", "functionCall", "function_call", "fileData"].some(
    (key) => key in part,
  );

function looksSaid(fields: Fields): boolean {
  const hasContent = CONTENTS.some((key) => key in fields);
  if (roleOf(fields["role"] ?? fields["Role"])) return true;
  if (isText(fields["role"]) && hasContent) return true;
  if (isText(fields["event.name"]) && EVENT.test(fields["event.name"])) return true;
  if (isLangchainType(fields["type"]) && hasContent) return true;
  if (["request", "response"].includes(fields["kind"] as string) && Array.isArray(fields["parts"]))
    return true;
  if (isText(fields["part_kind"])) return true;
  if (Array.isArray(fields["parts"]) && fields["parts"].length > 0 && fields["parts"].every(isBarePart))
    return true;
  if (fields["type"] === "message" && hasContent) return true;
  return isText(fields["text"]) && ("generation_info" in fields || "generationInfo" in fields);
}
