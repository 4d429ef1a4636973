// Which provider or framework wrote a payload: by what the span says of itself, else by the marks in it.
import type { Format, Hints } from "../types";
import { isRecord, isText } from "./fields";

const BUDGET = 4000;
const TAGS = ["type", "$type", "part_kind", "block_type", "role", "object", "kind"];

/** The keys, and the values of the tags, of everything that is not too deep or too far. */
function marksOf(...values: unknown[]): Set<string> {
  const marks = new Set<string>();
  const queue: unknown[] = [...values];
  for (let at = 0; at < queue.length && at < BUDGET; at += 1) {
    const value = queue[at];
    if (Array.isArray(value)) queue.push(...value.slice(0, 50));
    else if (isRecord(value)) {
      for (const [key, held] of Object.entries(value)) {
        marks.add(key);
        if (TAGS.includes(key) && isText(held)) marks.add(`=${held}`);
        if (typeof held === "object") queue.push(held);
      }
    }
  }
  return marks;
}

type Rule = [Format, (has: (...marks: string[]) => boolean) => boolean];

/** In this order: frameworks before the providers whose parts they carry. */
const RULES: Rule[] = [
  ["openinference", (has) => has("message_content", "message.role", "tool_call", "llm.input_messages.0.message.role")],
  ["pydantic-ai", (has) => has("part_kind")],
  ["llamaindex", (has) => has("block_type", "blocks", "query_str", "=MessageRole.USER", "=MessageRole.SYSTEM")],
  ["semantic-kernel", (has) => has("=TextContent", "=FunctionCallContent", "=FunctionResultContent", "=ImageContent", "AuthorName", "Items")],
  ["microsoft-agents", (has) => has("$type", "=functionCall", "=functionResult", "authorName", "=function_result") || (has("contents") && has("author_name", "message_id"))],
  ["langchain", (has) => has("lc", "generations", "additional_kwargs", "response_metadata", "__start__", "=human", "=ai", "=HumanMessage")],
  ["vercel", (has) => has("toolCallId", "toolName", "providerOptions", "providerMetadata", "toolInvocation", "=step-start", "=tool-call", "toolCallType", "mediaType")],
  ["gemini", (has) => has("candidates", "functionCall", "functionResponse", "function_response", "inlineData", "inline_data", "fileData", "systemInstruction", "system_instruction", "usageMetadata", "=model", "executableCode") || (has("contents") && has("parts"))],
  ["bedrock", (has) => has("toolUse", "toolResult", "toolConfig", "toolSpec", "inferenceConfig", "reasoningContent", "cachePoint", "guardContent", "citationsContent", "modelId", "stopReason", "s3Location")],
  ["otel-genai", (has) => has("=tool_call_response", "event.name", "=blob", "=uri", "gen_ai.system") || (has("parts") && has("role"))],
  ["openai-responses", (has) => has("=response", "=input_text", "=output_text", "=input_image", "=input_file", "=function_call_output", "=function_call", "output_text", "=web_search_call", "=reasoning", "=response.created", "instructions", "=mcp_call", "=computer_call")],
  ["openai-chat", (has) => has("choices", "=chat.completion")],
  ["anthropic", (has) => has("=tool_use", "=tool_result", "=thinking", "=redacted_thinking", "stop_reason", "=document", "=content_block_delta", "=message_start", "cache_control", "anthropic_version", "=server_tool_use", "input_schema") || (has("=image") && has("source")) || (has("system") && has("max_tokens"))],
  ["openai-chat", (has) => has("choices", "tool_calls", "tool_call_id", "=image_url", "=input_audio", "function_call", "reasoning_content", "=chat.completion", "response_format", "reasoning_details")],
  ["openai-chat", (has) => has("=user", "=assistant", "=system", "=developer") && has("content")],
]; // prettier-ignore

const SCOPES: [RegExp, Format][] = [
  [/openinference/i, "openinference"],
  [/pydantic/i, "pydantic-ai"],
  [/^ai$|vercel/i, "vercel"],
  [/semantic.?kernel/i, "semantic-kernel"],
  [/agent.?framework|microsoft.*agent|autogen/i, "microsoft-agents"],
  [/langchain|langgraph/i, "langchain"],
  [/llama.?index/i, "llamaindex"],
  [/bedrock/i, "bedrock"],
  [/anthropic/i, "anthropic"],
  [/gcp\.vertex|google|gemini|vertex/i, "gemini"],
];

/** `[{message: {role}}]` with nothing else. */
function isWrapped(value: unknown): boolean {
  const first: unknown = Array.isArray(value) ? value[0] : undefined;
  return (
    isRecord(first) &&
    Object.keys(first).length === 1 &&
    isRecord(first["message"]) &&
    "role" in first["message"]
  );
}

export function detectFormat(input: unknown, output: unknown, hints: Hints): Format {
  const marks = marksOf(input, output);
  const has = (...names: string[]): boolean => names.some((name) => marks.has(name));
  const named = SCOPES.find(([pattern]) => pattern.test(hints.scope ?? ""))?.[1];
  if (isWrapped(input) || isWrapped(output)) return "openinference";
  const found = RULES.find(([, test]) => test(has))?.[0];
  const general = found === undefined || found === "openai-chat" || found === "otel-genai";
  if (named && general && marks.size > 0) return named;
  return found ?? "generic";
}
