// One message of any provider -> messages of our model. What cannot be read stays, as JSON: never the whole
// payload falls because of one message.
import type { Fields, Message, Part, Role, Side } from "../types";
import { keepRest, within, type PartContext } from "./context";
import { compact, decode, isEmpty, isRecord, isText, Reader, unlessEmpty } from "./fields";
import { newContext } from "./parts";
import { isLangchainType, roleOf } from "./roles";
import { readCall, readResult, resultContent } from "./tool-parts";
import { isMessage, takeFinish, unwrap, type Item } from "./unwrap";

export interface Place {
  side: Side;
  /** Who speaks if the message does not say. */
  role: Role;
}

export function readMessage(raw: unknown, place: Place, warn: (text: string) => void): Message[] {
  try {
    const found = isText(raw) ? spoken(raw, place) : isRecord(raw) ? readRecord(raw, place) : null;
    if (found) return found;
  } catch (error) {
    warn(`A message could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  return [{ side: place.side, role: "other", parts: [{ type: "json", value: raw }], fallback: true, raw }];
}

function spoken(text: string, { side, role }: Place): Message[] {
  return [{ side, role, parts: newContext().read(text, newContext()), raw: text }];
}

function readRecord(raw: Fields, place: Place): Message[] | null {
  const item = unwrap(raw);
  const parts = item.fields["parts"];
  if (Array.isArray(parts) && parts.some((part) => isRecord(part) && isText(part["part_kind"]))) {
    return readByPart(item, parts, raw, place);
  }
  if (isMessage(item.fields) || item.fields !== raw) return [readOne(item, raw, place)];
  return readLone(raw, place);
}

/** Items without a speaker: a call, a result, reasoning (OpenAI Responses, pydantic-ai, Gemini's parts). */
function readLone(raw: Fields, place: Place): Message[] | null {
  const context = newContext();
  const parts = context.read(raw, context);
  if (parts.some((part) => part.type === "json" && part.value === raw)) return null;
  const isResult = parts.length > 0 && parts.every((part) => part.type === "tool_result");
  const isModel = parts.some((part) => ["tool_call", "reasoning", "refusal"].includes(part.type));
  const { id, ...rest } = context.rest;
  return [
    compact({
      side: place.side,
      id: isText(id) ? id : undefined,
      role: isResult ? ("tool" as const) : isModel ? ("assistant" as const) : place.role,
      parts,
      extra: unlessEmpty(isText(id) ? rest : context.rest),
      raw,
    }),
  ];
}

/** pydantic-ai puts what several people said into one request: one message for each who speaks. */
function readByPart(item: Item, parts: unknown[], raw: Fields, place: Place): Message[] {
  const outer = new Reader(item.fields).drop("parts", "kind");
  const isResponse = item.fields["kind"] === "response";
  const instructions = outer.text("instructions");
  const messages: Message[] = [];
  if (instructions !== undefined) {
    messages.push({ side: place.side, role: "system", parts: [{ type: "text", text: instructions }], raw });
  }
  parts.forEach((part, index) => {
    const context = within(newContext(), `parts[${index}]`);
    const kind = isRecord(part) ? part["part_kind"] : undefined;
    const role: Role = (isResponse ? "assistant" : roleOf(kind)) ?? place.role;
    const read =
      isRecord(part) && kind === "user-prompt" ? userPrompt(part, context) : context.read(part, context);
    const last = messages[messages.length - 1];
    const target: Message = last?.role === role ? last : { side: place.side, role, parts: [], raw };
    if (target !== last) messages.push(target);
    target.parts.push(...read);
    const rest = { ...target.extra, ...context.rest };
    if (!isEmpty(rest)) target.extra = rest;
  });
  const last = messages[messages.length - 1];
  const finish = takeFinish(outer);
  if (last && finish !== undefined) last.finish = finish;
  if (last && !isEmpty(outer.rest())) last.extra = { ...last.extra, ...outer.rest() };
  return messages;
}

function userPrompt(part: Fields, context: PartContext): Part[] {
  const fields = new Reader(part).drop("part_kind");
  const parts = context.read(fields.get("content"), within(context, ".content"));
  keepRest(fields, context);
  return parts;
}

const CONTENTS = [
  "content",
  "Content",
  "contents",
  "parts",
  "Items",
  "items",
  "blocks",
  "message",
  "text",
  "Text",
];

function readOne(item: Item, raw: Fields, { side, role: fallback }: Place): Message {
  const fields = new Reader(withCallId(item.fields));
  const context = newContext();
  const said =
    fields.get("role", "Role", "event.name") ??
    (isLangchainType(fields.value["type"]) ? fields.value["type"] : item.role);
  const role =
    roleOf(item.role === "gen_ai.choice" ? "assistant" : said) ??
    roleOf(item.role) ??
    (said === undefined ? fallback : "other");
  if (
    isLangchainType(fields.value["type"]) ||
    ["message", "chat_message"].includes(fields.value["type"] as string)
  )
    fields.drop("type");
  if (roleOf(fields.value["event.name"])) fields.drop("event.name");
  const finish = item.finish ?? takeFinish(fields);
  const name = fields.text("name", "AuthorName", "authorName", "author_name", "author");
  const parts = readContent(fields, role, context);
  const id = fields.text("id", "message_id", "messageId", "msg_id");
  const isIdOfCall = parts[0]?.type === "tool_result" && parts[0].id === id;
  keepRest(fields, context);
  const extra = { ...item.rest, ...context.rest };
  const message: Message = {
    side,
    role:
      role === "user" && parts.length > 0 && parts.every((part) => part.type === "tool_result")
        ? "tool"
        : role,
    name: name ?? (role === "other" && isText(said) ? said : undefined),
    id: isIdOfCall ? undefined : id,
    parts,
    finish: finish ?? finishWithin(extra),
    choice: item.choice,
    extra: unlessEmpty(extra),
    raw,
  };
  return compact(message);
}

/** LlamaIndex keeps the id of the call among the extras. */
function withCallId(fields: Fields): Fields {
  const extras = fields["additional_kwargs"];
  if (!isRecord(extras) || !isText(extras["tool_call_id"])) return fields;
  const { tool_call_id: id, name, ...rest } = extras;
  return { ...fields, tool_call_id: id, name: fields["name"] ?? name, additional_kwargs: rest };
}

/** LangChain says in its metadata why the model stopped; it stays there as well. */
function finishWithin(extra: Fields): string | undefined {
  const places = ["response_metadata", "generation_info", "generationInfo"];
  return places
    .map((key) => extra[key])
    .flatMap((held) => (isRecord(held) ? (takeFinish(new Reader(held)) ?? []) : []))[0];
}

function readContent(fields: Reader, role: Role, context: PartContext): Part[] {
  const isResult = role === "tool" && ["tool_call_id", "toolCallId"].some((key) => fields.has(key));
  if (isResult || (role === "tool" && isText(fields.value["content"]))) {
    const content = fields.value["content"];
    const holdsResults =
      Array.isArray(content) &&
      content.some((part) => isRecord(part) && /result|response/.test(String(part["type"])));
    if (!holdsResults) return [readResult(fields, context)];
  }
  const reasoning = readReasoning(fields, context);
  const parts = [...reasoning, ...context.read(contentOf(fields, context), within(context, ".content"))];
  const spoken = parts.filter((part) => part.type !== "text" || part.text !== "");
  const kept = spoken.length > 0 ? spoken : parts;
  const refusal = fields.text("refusal");
  if (refusal !== undefined) kept.push({ type: "refusal", text: refusal });
  const audio = fields.record("audio");
  if (audio) kept.push(...context.read([{ type: "output_audio", ...audio }], within(context, ".audio")));
  const images = fields.value["images"];
  if (Array.isArray(images)) {
    fields.drop("images");
    kept.push(...images.flatMap((image: unknown) => readImage(image, context)));
  }
  kept.push(...readAnnotations(fields, context));
  return withCalls(kept, fields, context);
}

/** Ollama lists base64, OpenRouter lists parts. */
function readImage(image: unknown, context: PartContext): Part[] {
  const piece = isText(image) ? { type: "image", data: image } : image;
  return context.read([piece], within(context, ".images"));
}

function contentOf(fields: Reader, context: PartContext): unknown {
  const content = fields.get(...CONTENTS);
  if (!isText(content) || !/^\s*[[{]/.test(content)) return content;
  const held = decode(content);
  const isContent = Array.isArray(held)
    ? held.length > 0 && held.every(context.isPiece)
    : context.isPiece(held);
  return isContent ? held : content;
}

/** Reasoning beside the content: DeepSeek, OpenRouter, LangChain's extras. */
function readReasoning(fields: Reader, context: PartContext): Part[] {
  const details = fields.value["reasoning_details"];
  if (Array.isArray(details) && details.length > 0) {
    fields.drop("reasoning_details");
    if (isText(fields.value["reasoning"])) fields.drop("reasoning");
    return context.read(details, within(context, ".reasoning_details"));
  }
  const held = fields.get("reasoning_content", "reasoning", "reasoningText", "thinking");
  if (held === undefined || held === "") return [];
  return isText(held)
    ? [{ type: "reasoning", text: held }]
    : context.read(Array.isArray(held) ? held : [held], within(context, ".reasoning"));
}

function readAnnotations(fields: Reader, context: PartContext): Part[] {
  if (!Array.isArray(fields.value["annotations"])) return [];
  const list = fields.drop("annotations").value["annotations"] as unknown[];
  return context.read(
    list.map((entry) => (isRecord(entry) ? { ...entry, type: "citation" } : entry)),
    within(context, ".annotations"),
  );
}

const CALL_LISTS = ["tool_calls", "toolCalls", "invalid_tool_calls", "tool_call_chunks"];

/** The calls that stand beside the content; LangChain repeats those of the content, OpenAI's form and chunks. */
function withCalls(parts: Part[], fields: Reader, context: PartContext): Part[] {
  const known = new Set(parts.flatMap((part) => (part.type === "tool_call" && part.id ? [part.id] : [])));
  const more = fields.value["additional_kwargs"];
  const extras = isRecord(more) ? new Reader(more) : null;
  if (extras) fields.drop("additional_kwargs");
  const lists = [
    ...CALL_LISTS.map((key) => ({ key, from: fields })),
    ...(extras ? [{ key: "tool_calls", from: extras }] : []),
  ];
  const calls = lists.flatMap(({ key, from }) => {
    const held = decode(from.value[key]);
    if (!Array.isArray(held)) return [];
    from.drop(key);
    return held.flatMap((call: unknown, index): Part[] =>
      readListed(call, within(context, `.${key}[${index}]`), known),
    );
  });
  const single = fields.record("function_call") ?? extras?.record("function_call");
  if (single) calls.push(...readListed(single, within(context, ".function_call"), known));
  if (extras) {
    const reasoning = extras.text("reasoning_content");
    if (reasoning) parts.unshift({ type: "reasoning", text: reasoning });
    keepRest(extras, within(context, ".additional_kwargs"));
  }
  return [...parts, ...calls];
}

function readListed(call: unknown, context: PartContext, known: Set<string>): Part[] {
  const held = decode(call);
  const inner = isRecord(held) && isRecord(held["tool_call"]) ? held["tool_call"] : held; // OpenInference
  if (!isRecord(inner)) return [{ type: "json", value: call }];
  const own: PartContext = { ...context, rest: {} };
  const fields = new Reader(inner).drop("type");
  const part = readCall(fields, own);
  if (!part) return [{ type: "json", value: call }];
  if (part.id !== undefined && known.has(part.id)) return [];
  if (part.id !== undefined) known.add(part.id);
  fields.drop("index");
  keepRest(fields, own);
  Object.assign(context.rest, own.rest);
  return [part];
}

/** Content given as a value: the result of a tool's own span. */
export const valueParts = (value: unknown): Part[] => resultContent(value, newContext());
