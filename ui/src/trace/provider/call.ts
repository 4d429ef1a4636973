// The call to a provider that a generation was, as far as it was recorded: address, headers, body. Pure. The key is the
// name of an environment variable, whatever the record holds.
import { normalize, type ToolDefinition } from "@/kit/messages";

import type { Span } from "../types";
import { anthropicBody } from "./anthropic";
import { geminiBody } from "./gemini";
import type { Material, ProviderCall } from "./material";
import { openaiBody } from "./openai";
import { readParameters } from "./parameters";

export type CalledSpan = Pick<Span, "model" | "modelParameters" | "name" | "scopeName" | "tools">;

/** Null where the model or the input was not recorded. */
export function callOf(span: CalledSpan, input: string): ProviderCall | null {
  if (!span.model || input.trim() === "") return null;
  const read = normalize(input, "", { scope: span.scopeName ?? undefined, spanName: span.name ?? undefined });
  if (read.messages.length === 0) return null;
  const { model, provider } = providerOf(span.model);
  const material: Material = {
    model,
    messages: read.messages.filter(({ side }) => side === "input"),
    format: read.format,
    tools: read.tools.length > 0 ? read.tools : toolsOf(span.tools),
    parameters: readParameters(span.modelParameters),
    leftOut: new Set(),
  };
  const call = PROVIDERS[provider](material);
  return { ...call, leftOut: [...material.leftOut].toSorted() };
}

type Provider = "openai" | "anthropic" | "gemini";

function providerOf(name: string): { provider: Provider; model: string } {
  const model = name.replace(/^(?:openai|anthropic|gemini|google|vertex_ai|models)\//, "");
  if (/claude/i.test(model)) return { provider: "anthropic", model };
  if (/gemini/i.test(model)) return { provider: "gemini", model };
  // Others are mostly served in the form of OpenAI, at an address of their own.
  return { provider: "openai", model };
}

function toolsOf(tools: CalledSpan["tools"]): ToolDefinition[] {
  return tools.map(({ name, definition }) => {
    const whole = (definition ?? {}) as Record<string, unknown>;
    const held = (whole.function ?? whole) as Record<string, unknown>;
    return {
      name,
      description: typeof held.description === "string" ? held.description : undefined,
      parameters: held.parameters ?? held.input_schema ?? held.inputSchema,
    };
  });
}

type Made = Omit<ProviderCall, "leftOut">;
const JSON_TYPE = { "content-type": "application/json" };

const PROVIDERS: Record<Provider, (material: Material) => Made> = {
  openai: (material) => ({
    base: { variable: "OPENAI_BASE_URL", address: "https://api.openai.com/v1" },
    path: material.format === "openai-responses" ? "/responses" : "/chat/completions",
    key: { header: "authorization", prefix: "Bearer ", variable: "OPENAI_API_KEY" },
    headers: JSON_TYPE,
    body: openaiBody(material),
  }),
  anthropic: (material) => ({
    base: { variable: "ANTHROPIC_BASE_URL", address: "https://api.anthropic.com" },
    path: "/v1/messages",
    key: { header: "x-api-key", prefix: "", variable: "ANTHROPIC_API_KEY" },
    headers: { "anthropic-version": "2023-06-01", ...JSON_TYPE },
    body: anthropicBody(material),
  }),
  gemini: (material) => ({
    base: { variable: "GEMINI_BASE_URL", address: "https://generativelanguage.googleapis.com" },
    path: `/v1beta/models/${encodeURIComponent(material.model)}:generateContent`,
    key: { header: "x-goog-api-key", prefix: "", variable: "GEMINI_API_KEY" },
    headers: JSON_TYPE,
    body: geminiBody(material),
  }),
};
