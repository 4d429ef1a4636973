// The body of a call to Anthropic: the system prompt stands apart, and a limit of tokens must be given.
import type { Message } from "@/kit/messages";

import type { Material } from "./material";
import { same, takeParameters } from "./parameters";
import { callsOf, compact, isSystem, rawOf, resultsOf, schemaOf, systemOf, textOf } from "./texts";

const KNOWN = {
  ...same("max_tokens", "temperature", "top_p", "top_k", "stop_sequences", "thinking", "tool_choice"),
  max_tokens_to_sample: "max_tokens",
  max_output_tokens: "max_tokens",
  max_completion_tokens: "max_tokens",
  stop: "stop_sequences",
};
const MOST_TOKENS = 1024;

export function anthropicBody(material: Material): Record<string, unknown> {
  const { model, messages, format, tools, leftOut } = material;
  const rest = messages.filter((message) => !isSystem(message));
  return compact({
    model,
    max_tokens: MOST_TOKENS,
    ...takeParameters(material, KNOWN),
    system: systemOf(material),
    messages: (format === "anthropic" && rawOf(rest)) || rest.map((message) => blocksOf(message, leftOut)),
    tools:
      tools.length === 0
        ? undefined
        : tools.map(({ name, description, parameters }) =>
            compact({ name, description, input_schema: schemaOf(parameters) }),
          ),
  });
}

function blocksOf(message: Message, leftOut: Set<string>): object {
  const text = textOf(message.parts, leftOut);
  const results = resultsOf(message).map(({ id, content, error }) =>
    compact({
      type: "tool_result",
      tool_use_id: id ?? "",
      content: textOf(content, leftOut),
      is_error: error,
    }),
  );
  const calls = callsOf(message).map(({ id, name, args }, at) => ({
    type: "tool_use",
    id: id ?? `call_${at}`,
    name,
    input: typeof args === "object" && args !== null ? args : {},
  }));
  const role = message.role === "assistant" ? "assistant" : "user";
  if (results.length + calls.length === 0) return { role, content: text };
  return { role, content: [...results, ...(text ? [{ type: "text", text }] : []), ...calls] };
}
