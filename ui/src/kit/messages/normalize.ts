// normalize(): what an observation was given and what it answered -> one list of messages. Pure; it fails for single
// messages, never for a whole payload; what it does not use is handed out as other fields (ui.md 2.4).
import { printJson } from "@/kit/json-view/lossless";
import { openEnvelope } from "./read/envelope";
import { compact, decode, isEmpty, isRecord, isText, unlessEmpty } from "./read/fields";
import { detectFormat } from "./read/format";
import { readMessage, valueParts } from "./read/message";
import { readEventStream } from "./read/stream";
import { readTools } from "./read/tools";
import type { Fields, Hints, Message, Normalized, Role, Side, ToolDefinition } from "./types";

interface SideReading {
  messages: Message[];
  tools: unknown[];
  schema?: unknown;
  extra: Fields;
}

/** `input` and `output` as stored (text, JSON text) or as values. */
export function normalize(input: unknown, output: unknown, hints: Hints = {}): Normalized {
  const warnings: string[] = [];
  const given = prepare(input);
  const answer = prepare(output);
  const asked = readSide(given, "input", warnings);
  const answered = asAnswer(readSide(answer, "output", warnings), asked);
  const messages = withoutRepeats([...asked.messages, ...numbered(answered.messages)]);
  const tools = [...asked.tools, ...toolsOfAttributes(hints.attributes), ...answered.tools];
  return {
    format: detectFormat(given, answer, hints),
    messages,
    tools: distinct(readTools(tools)),
    schema: asked.schema ?? answered.schema,
    extra: { input: unlessEmpty(asked.extra), output: unlessEmpty(answered.extra) },
    warnings,
    fallback: messages.some((message) => message.fallback),
  };
}

/** A value after a conversation is an answer in the form that was asked for, not something unreadable. */
function asAnswer(answered: SideReading, asked: SideReading): SideReading {
  const isConversation = asked.messages.length > 0 && !asked.messages.some((message) => message.fallback);
  const [only] = answered.messages;
  if (!isConversation || !only?.fallback || answered.messages.length > 1 || !isRecord(only.raw))
    return answered;
  return { ...answered, messages: [compact({ ...only, role: "assistant" as const, fallback: undefined })] };
}

function prepare(value: unknown): unknown {
  const held = typeof value === "number" || typeof value === "boolean" ? String(value) : decode(value);
  return isText(held) ? (readEventStream(held) ?? held) : held;
}

function readSide(value: unknown, side: Side, warnings: string[]): SideReading {
  const nothing: SideReading = { messages: [], tools: [], extra: {} };
  if (isEmpty(value) || value === "") return nothing;
  const role: Role = side === "input" ? "user" : "assistant";
  const warn = (text: string): unknown => warnings.push(`${side === "input" ? "Input" : "Output"}: ${text}`);
  try {
    const envelope = openEnvelope(value, side);
    if (envelope) {
      const messages = envelope.items.flatMap((item) => readMessage(item, { side, role }, warn));
      return { ...envelope, messages };
    }
  } catch (error) {
    warn(`could not be read: ${error instanceof Error ? error.message : String(error)}`);
  }
  if (!isRecord(value) && !Array.isArray(value))
    return { ...nothing, messages: [{ side, role, parts: valueParts(value), raw: value }] };
  return {
    ...nothing,
    messages: [{ side, role: "other", parts: [{ type: "json", value }], fallback: true, raw: value }],
  };
}

const OFFERED = [
  "ai.prompt.tools",
  "gen_ai.tool.definitions",
  "model_request_parameters.function_tools",
  "tools",
];

function toolsOfAttributes(attributes: Fields | undefined): unknown[] {
  if (!attributes) return [];
  return OFFERED.flatMap((key) => {
    const held = decode(attributes[key]);
    return Array.isArray(held) ? (held as unknown[]) : [];
  });
}

function distinct(tools: ToolDefinition[]): ToolDefinition[] {
  const seen = new Set<string>();
  return tools.filter(({ name }) => !seen.has(name) && seen.add(name));
}

/** The number of an answer says something only where there are several. */
function numbered(messages: Message[]): Message[] {
  const isOnly = messages.every((message) => !message.choice);
  return isOnly ? messages.map((message) => compact({ ...message, choice: undefined })) : messages;
}

/** LangGraph answers with the whole state: what was already in the input is not said again. */
function withoutRepeats(messages: Message[]): Message[] {
  const output = messages.filter((message) => message.side === "output");
  const input = messages.filter((message) => message.side === "input");
  const conversation = input.filter((message) => message.role !== "system");
  if (conversation.length === 0 || output.length <= conversation.length) return messages;
  const same = (a: Message, b: Message): boolean =>
    a.role === b.role && printJson(a.parts) === printJson(b.parts);
  const isRepeat = conversation.every((message, index) => same(message, output[index] as Message));
  return isRepeat ? [...input, ...output.slice(conversation.length)] : messages;
}
