// What the bodies of all providers are made of.
import type { Fields, Message, Part, ToolCallPart, ToolResultPart } from "@/kit/messages";

import type { Material } from "./material";

export const isSystem = ({ role }: Message): boolean => role === "system" || role === "developer";

/** The text of some parts; what is no text is named as left out. */
export function textOf(parts: readonly Part[], leftOut: Set<string>): string {
  const texts: string[] = [];
  for (const part of parts) {
    if (part.type === "text" || part.type === "refusal") texts.push(part.text);
    else if (part.type === "json") texts.push(JSON.stringify(part.value));
    else if (part.type !== "tool_call" && part.type !== "tool_result") leftOut.add(part.type);
  }
  return texts.join("\n");
}

/** The system prompt, which some providers take apart from the messages. */
export function systemOf({ messages, leftOut }: Material): string | undefined {
  const texts = messages.filter(isSystem).map(({ parts }) => textOf(parts, leftOut));
  return texts.length > 0 ? texts.join("\n\n") : undefined;
}

export const callsOf = ({ parts }: Message): ToolCallPart[] =>
  parts.filter((part) => part.type === "tool_call");
export const resultsOf = ({ parts }: Message): ToolResultPart[] =>
  parts.filter((part) => part.type === "tool_result");

/** The recorded messages as they are, when all of them are objects. */
export function rawOf(messages: readonly Message[]): Fields[] | null {
  const raw = messages.map((message) => message.raw);
  const areObjects = raw.every((each) => typeof each === "object" && each !== null && !Array.isArray(each));
  return areObjects ? (raw as Fields[]) : null;
}

/** Without what is undefined. */
export function compact<T extends object>(fields: T): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}

export const schemaOf = (parameters: unknown): unknown => parameters ?? { type: "object", properties: {} };
