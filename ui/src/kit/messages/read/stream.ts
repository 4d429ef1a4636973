// Streams that were recorded chunk by chunk, put together to the answer they carried.
import type { Fields } from "../types";
import { decode, isRecord, isText } from "./fields";

type List = unknown[];

/** Null: not a stream that we know. */
export function assembleStream(list: List): Fields | null {
  if (list.length === 0 || !list.every(isRecord)) return null;
  const chunks = list as Fields[];
  if (
    chunks.some((chunk) => isChoiceChunk(chunk)) &&
    chunks.every((chunk) => Array.isArray(chunk["choices"]))
  ) {
    return ofOpenAI(chunks);
  }
  const first = chunks[0] as Fields;
  if (isText(first["type"]) && first["type"].startsWith("response.")) return ofResponses(chunks);
  if (chunks.some((chunk) => /^(message_start|content_block_(start|delta))$/.test(String(chunk["type"])))) {
    return ofAnthropic(chunks);
  }
  if (chunks.length > 1 && chunks.every((chunk) => Array.isArray(chunk["candidates"])))
    return ofGemini(chunks);
  return null;
}

/** The `data:` lines of an event stream that was recorded as text. */
export function readEventStream(text: string): unknown[] | null {
  if (!/^\s*(data|event):/.test(text)) return null;
  const chunks = text
    .split(/\r?\n/)
    .filter((line) => line.startsWith("data:"))
    .map((line) => line.slice(5).trim())
    .filter((data) => data !== "" && data !== "[DONE]")
    .map(decode);
  return chunks.length > 0 && chunks.every(isRecord) ? chunks : null;
}

const isChoiceChunk = (chunk: Fields): boolean =>
  Array.isArray(chunk["choices"]) &&
  chunk["choices"].some((choice) => isRecord(choice) && isRecord(choice["delta"]));

/** Texts are joined, everything else is taken from the first chunk that has it. */
function mergeDelta(into: Fields, delta: Fields): void {
  for (const [key, value] of Object.entries(delta)) {
    const before = into[key];
    if (value === null || value === undefined) continue;
    if (Array.isArray(value)) into[key] = mergeList(Array.isArray(before) ? before : [], value);
    else if (isRecord(value)) {
      const inner: Fields = isRecord(before) ? before : {};
      mergeDelta(inner, value);
      into[key] = inner;
    } else if (isText(value) && isText(before) && !FIXED.has(key)) into[key] = before + value;
    else if (before === undefined || before === null || !isText(value)) into[key] = value;
  }
}

const FIXED = new Set(["role", "id", "type", "name", "finish_reason", "index"]);

function mergeList(into: List, items: List): List {
  for (const item of items) {
    const index = isRecord(item) && typeof item["index"] === "number" ? item["index"] : undefined;
    const target =
      index === undefined ? undefined : into.find((held) => isRecord(held) && held["index"] === index);
    if (isRecord(target) && isRecord(item)) mergeDelta(target, item);
    else if (isRecord(item)) {
      const copy: Fields = {};
      mergeDelta(copy, item);
      into.push(copy);
    } else into.push(item);
  }
  return into;
}

function ofOpenAI(chunks: Fields[]): Fields {
  const whole: Fields = {};
  for (const chunk of chunks) {
    const { choices, ...rest } = chunk;
    for (const [key, value] of Object.entries(rest)) if (value !== null) whole[key] = value;
    whole["choices"] = mergeList((whole["choices"] as List) ?? [], choices as List);
  }
  whole["choices"] = (whole["choices"] as Fields[]).map(({ delta, ...choice }) => ({
    message: delta,
    ...choice,
  }));
  return whole;
}

function ofResponses(events: Fields[]): Fields {
  const last = events.findLast(
    (event) => isRecord(event["response"]) && Array.isArray((event["response"] as Fields)["output"]),
  );
  const response = (last?.["response"] ?? {}) as Fields;
  if (Array.isArray(response["output"]) && response["output"].length > 0) return response;
  const output = events
    .filter((event) => event["type"] === "response.output_item.done")
    .map((event) => event["item"]);
  const written = events
    .filter((event) => event["type"] === "response.output_text.delta")
    .map((event) => event["delta"]);
  const cut = {
    type: "message",
    role: "assistant",
    content: [{ type: "output_text", text: written.join("") }],
  };
  return { ...response, object: "response", output: output.length > 0 ? output : [cut] };
}

function ofAnthropic(events: Fields[]): Fields {
  const message: Fields = { role: "assistant" };
  const blocks: Fields[] = [];
  for (const event of events) {
    const at = typeof event["index"] === "number" ? event["index"] : blocks.length;
    const delta = event["delta"];
    if (event["type"] === "message_start" && isRecord(event["message"]))
      Object.assign(message, event["message"]);
    if (event["type"] === "content_block_start" && isRecord(event["content_block"]))
      blocks[at] = { ...event["content_block"] };
    if (event["type"] === "content_block_delta" && isRecord(delta))
      blocks[at] = extend(blocks[at] ?? {}, delta);
    if (event["type"] === "message_delta" && isRecord(delta)) Object.assign(message, delta);
    if (isRecord(event["usage"]))
      message["usage"] = { ...(message["usage"] as Fields | undefined), ...event["usage"] };
  }
  message["content"] = blocks
    .filter(Boolean)
    .map(({ partial, ...block }) => (isText(partial) ? { ...block, input: partial } : block));
  return message;
}

function extend(block: Fields, delta: Fields): Fields {
  const join = (key: string): string => `${isText(block[key]) ? block[key] : ""}${String(delta[key])}`;
  switch (delta["type"]) {
    case "text_delta":
      return { type: "text", ...block, text: join("text") };
    case "thinking_delta":
      return { type: "thinking", ...block, thinking: join("thinking") };
    case "signature_delta":
      return { ...block, signature: delta["signature"] };
    case "input_json_delta":
      return {
        ...block,
        partial: `${isText(block["partial"]) ? block["partial"] : ""}${String(delta["partial_json"])}`,
      };
    case "citations_delta":
      return {
        ...block,
        citations: [...((block["citations"] as List | undefined) ?? []), delta["citation"]],
      };
    default:
      return block;
  }
}

function ofGemini(chunks: Fields[]): Fields {
  const whole: Fields = {};
  const byIndex = new Map<unknown, Fields>();
  for (const chunk of chunks) {
    Object.assign(whole, chunk);
    for (const candidate of chunk["candidates"] as List) {
      if (!isRecord(candidate)) continue;
      const held = byIndex.get(candidate["index"] ?? 0);
      byIndex.set(candidate["index"] ?? 0, held ? joinCandidates(held, candidate) : candidate);
    }
  }
  return { ...whole, candidates: [...byIndex.values()] };
}

function joinCandidates(held: Fields, next: Fields): Fields {
  const parts = [held, next].flatMap((candidate) => {
    const content = candidate["content"];
    return isRecord(content) && Array.isArray(content["parts"]) ? (content["parts"] as List) : [];
  });
  const joined: List = [];
  for (const part of parts) {
    const last = joined[joined.length - 1];
    const isSame = isPlainText(last) && isPlainText(part) && last["thought"] === part["thought"];
    if (isSame)
      joined[joined.length - 1] = { ...last, text: `${String(last["text"])}${String(part["text"])}` };
    else joined.push(part);
  }
  return { ...held, ...next, content: { role: "model", ...(held["content"] as Fields), parts: joined } };
}

const isPlainText = (part: unknown): part is Fields =>
  isRecord(part) &&
  isText(part["text"]) &&
  Object.keys(part).every((key) => key === "text" || key === "thought");
