// The body of a call in the form of OpenAI: chat completions, or responses when that is what was recorded.
import type { Message } from "@/kit/messages";

import type { Material } from "./material";
import { same, takeParameters } from "./parameters";
import { callsOf, compact, isSystem, rawOf, resultsOf, schemaOf, systemOf, textOf } from "./texts";

const SHARED = ["temperature", "top_p", "tool_choice", "parallel_tool_calls", "service_tier", "user"];
const CHAT = {
  ...same(...SHARED, "max_tokens", "max_completion_tokens", "n", "stop", "seed", "logprobs", "top_logprobs"),
  ...same("presence_penalty", "frequency_penalty", "logit_bias", "response_format", "reasoning_effort"),
  ...same("modalities", "verbosity"),
};
const RESPONSES = {
  ...same(...SHARED, "max_output_tokens", "reasoning", "text", "truncation"),
  max_tokens: "max_output_tokens",
};

export function openaiBody(material: Material): Record<string, unknown> {
  const { model, messages, format, tools } = material;
  if (format === "openai-responses") {
    const rest = messages.filter((message) => !isSystem(message));
    return compact({
      model,
      instructions: systemOf(material),
      input:
        rawOf(rest) ??
        rest.map((message) => ({ role: message.role, content: textOf(message.parts, material.leftOut) })),
      ...takeParameters(material, RESPONSES),
      tools:
        tools.length === 0
          ? undefined
          : tools.map(({ name, description, parameters }) =>
              compact({ type: "function", name, description, parameters: schemaOf(parameters) }),
            ),
    });
  }
  return compact({
    model,
    messages:
      (format === "openai-chat" && rawOf(messages)) ||
      messages.flatMap((message) => chatMessages(message, material.leftOut)),
    ...takeParameters(material, CHAT),
    tools:
      tools.length === 0
        ? undefined
        : tools.map(({ name, description, parameters }) => ({
            type: "function",
            function: compact({ name, description, parameters: schemaOf(parameters) }),
          })),
  });
}

function chatMessages(message: Message, leftOut: Set<string>): object[] {
  const results = resultsOf(message).map(({ id, content }) => ({
    role: "tool",
    tool_call_id: id ?? "",
    content: textOf(content, leftOut),
  }));
  const calls = callsOf(message).map(({ id, name, args }, at) => ({
    id: id ?? `call_${at}`,
    type: "function",
    function: { name, arguments: typeof args === "string" ? args : JSON.stringify(args ?? {}) },
  }));
  const text = textOf(message.parts, leftOut);
  if (text === "" && calls.length === 0) return results;
  const role = message.role === "other" || message.role === "tool" ? "user" : message.role;
  const own = compact({
    role,
    content: text === "" && calls.length > 0 ? null : text,
    tool_calls: calls.length > 0 ? calls : undefined,
  });
  return [...results, own];
}
