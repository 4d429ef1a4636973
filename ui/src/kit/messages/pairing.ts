// Which result belongs to which call: by id, or by name and order where the format has no ids (Gemini).
import type { Message, Part, ToolCallPart, ToolResultPart } from "./types";

export interface Pairing {
  resultOf: Map<ToolCallPart, ToolResultPart>;
  /** Results that are shown under their call, so not again in their own place. */
  paired: Set<Part>;
}

export function pairTools(messages: readonly Message[]): Pairing {
  const resultOf = new Map<ToolCallPart, ToolResultPart>();
  const paired = new Set<Part>();
  const waiting: ToolCallPart[] = [];
  for (const message of messages) {
    for (const part of message.parts) {
      if (part.type === "tool_call") waiting.push(part);
      if (part.type !== "tool_result") continue;
      const at = waiting.findIndex((call) => belongs(call, part));
      if (at < 0) continue;
      resultOf.set(waiting[at] as ToolCallPart, part);
      paired.add(part);
      waiting.splice(at, 1);
    }
  }
  return { resultOf, paired };
}

function belongs(call: ToolCallPart, result: ToolResultPart): boolean {
  if (call.id !== undefined && result.id !== undefined) return call.id === result.id;
  return result.name === undefined
    ? call.id === undefined && result.id === undefined
    : call.name === result.name;
}

/** Nothing of the message is left to show: all of it stands under calls. */
export const isAbsorbed = ({ parts }: Message, { paired }: Pairing): boolean =>
  parts.length > 0 && parts.every((part) => paired.has(part));
