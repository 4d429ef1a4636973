// The one model of messages that the whole UI renders, whatever provider or framework sent them (ui.md 2.4).

export type Role = "system" | "developer" | "user" | "assistant" | "tool" | "other";
export type Side = "input" | "output";

/** Where the bytes of a picture, sound or file are. `missing`: the payload says only that there was one. */
export type MediaSource =
  | { kind: "media"; id: string }
  | { kind: "data"; data: string }
  | { kind: "url"; url: string }
  | { kind: "file"; id: string }
  | { kind: "missing" };

export interface MediaPart {
  type: "image" | "audio" | "video" | "file";
  source: MediaSource;
  mime?: string;
  name?: string;
  /** What is said in it, or what it holds, where the payload tells. */
  transcript?: string;
}

export interface ToolCallPart {
  type: "tool_call";
  id?: string;
  name: string;
  /** Parsed for display where it was JSON in a string; text that is no JSON stays text. */
  args: unknown;
}

export interface ToolResultPart {
  type: "tool_result";
  id?: string;
  name?: string;
  content: Part[];
  error?: true;
}

export interface ReasoningPart {
  type: "reasoning";
  text: string;
  summary?: true;
  /** The provider keeps the text to itself. */
  redacted?: true;
}

export interface CitationPart {
  type: "citation";
  title?: string;
  url?: string;
  text?: string;
}

export type Part =
  | { type: "text"; text: string }
  | { type: "refusal"; text: string }
  | { type: "json"; value: unknown }
  | ReasoningPart
  | MediaPart
  | ToolCallPart
  | ToolResultPart
  | CitationPart;

export type Fields = Record<string, unknown>;

export interface Message {
  side: Side;
  role: Role;
  name?: string;
  id?: string;
  parts: Part[];
  /** Why the model stopped, in the words of the provider. */
  finish?: string;
  /** Number of the alternative answer, if the model gave several. */
  choice?: number;
  /** What the reader did not use, by path: shown as "Other fields". */
  extra?: Fields;
  /** The message could not be read: its only part is the JSON. */
  fallback?: true;
  raw: unknown;
}

export interface ToolDefinition {
  name: string;
  description?: string;
  parameters?: unknown;
  extra?: Fields;
}

export type Format =
  | "openai-chat"
  | "openai-responses"
  | "anthropic"
  | "gemini"
  | "bedrock"
  | "langchain"
  | "vercel"
  | "pydantic-ai"
  | "semantic-kernel"
  | "microsoft-agents"
  | "llamaindex"
  | "otel-genai"
  | "openinference"
  | "generic";

/** What is known about the call beside its texts; it decides only where the shape alone does not. */
export interface Hints {
  scope?: string;
  spanName?: string;
  attributes?: Fields;
}

export interface Normalized {
  format: Format;
  messages: Message[];
  tools: ToolDefinition[];
  /** The schema that the answer had to follow. */
  schema?: unknown;
  extra: { input?: Fields; output?: Fields };
  warnings: string[];
  /** A message or a whole side could not be read and is shown as JSON. */
  fallback: boolean;
}
