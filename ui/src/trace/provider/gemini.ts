// The body of a call to Gemini: contents of parts, a model instead of an assistant, parameters under a name of their own.
import type { Message } from "@/kit/messages";

import type { Material } from "./material";
import { takeParameters } from "./parameters";
import { callsOf, compact, isSystem, rawOf, resultsOf, systemOf, textOf } from "./texts";

const KNOWN = {
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
  max_tokens: "maxOutputTokens",
  max_output_tokens: "maxOutputTokens",
  stop: "stopSequences",
  stop_sequences: "stopSequences",
  candidate_count: "candidateCount",
  n: "candidateCount",
  seed: "seed",
  response_mime_type: "responseMimeType",
  response_schema: "responseSchema",
  thinking_config: "thinkingConfig",
};

export function geminiBody(material: Material): Record<string, unknown> {
  const { messages, format, tools, leftOut } = material;
  const rest = messages.filter((message) => !isSystem(message));
  const system = systemOf(material);
  const config = takeParameters(material, KNOWN);
  return compact({
    systemInstruction: system === undefined ? undefined : { parts: [{ text: system }] },
    contents: (format === "gemini" && rawOf(rest)) || rest.map((message) => contentOf(message, leftOut)),
    generationConfig: Object.keys(config).length > 0 ? config : undefined,
    tools:
      tools.length === 0
        ? undefined
        : [
            {
              functionDeclarations: tools.map(({ name, description, parameters }) =>
                compact({ name, description, parameters }),
              ),
            },
          ],
  });
}

function contentOf(message: Message, leftOut: Set<string>): object {
  const text = textOf(message.parts, leftOut);
  const calls = callsOf(message).map(({ name, args }) => ({ functionCall: { name, args: args ?? {} } }));
  const results = resultsOf(message).map(({ name, id, content }) => ({
    functionResponse: { name: name ?? id ?? "", response: { result: textOf(content, leftOut) } },
  }));
  const role = message.role === "assistant" ? "model" : "user";
  return { role, parts: [...(text ? [{ text }] : []), ...calls, ...results] };
}
