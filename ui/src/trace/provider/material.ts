// What a call is made of, and what it is.
import type { Format, Message, ToolDefinition } from "@/kit/messages";

export interface ProviderCall {
  /** Where it begins is an environment variable, if that is set. */
  base: { variable: string; address: string };
  path: string;
  /** The header that takes the key, what stands before it, and the variable that holds it. */
  key: { header: string; prefix: string; variable: string };
  headers: Record<string, string>;
  body: Record<string, unknown>;
  /** What was recorded and is not sent, by name. */
  leftOut: string[];
}

/** What a provider's body is made of. */
export interface Material {
  model: string;
  messages: Message[];
  /** Such as were sent in the provider's own form can be sent again as they are. */
  format: Format;
  tools: ToolDefinition[];
  /** By names in snake case. */
  parameters: Record<string, unknown>;
  leftOut: Set<string>;
}
