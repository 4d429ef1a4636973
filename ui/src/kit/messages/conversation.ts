// The conversation of a whole trace: the messages of all its model calls, each once, in order of first appearance.
// An agent sends its whole history with every call, so a run of 40 calls holds the first message 40 times.
import { printJson } from "@/kit/json-view/lossless";
import { normalize } from "./normalize";
import type { Message, Part } from "./types";

/** A call of a model, as the server gives it; texts as stored. */
export interface Generation {
  id: string;
  name: string | null;
  /** The nearest agent above, if any. */
  agent?: string | null;
  start: string;
  input: { text: string } | null;
  output: { text: string } | null;
  scope?: string | null;
}

export interface Entry {
  /** Stable over reloads: the generation and the place in it. */
  key: string;
  message: Message;
  generation: Pick<Generation, "id" | "name" | "start">;
}

/** What one agent said without another in between. */
export interface Exchange {
  agent: string | null;
  entries: Entry[];
}

export function conversationOf(generations: readonly Generation[]): Exchange[] {
  const shown = new Map<string, number>();
  const exchanges: Exchange[] = [];
  for (const generation of generations) {
    const entries = newEntries(generation, shown);
    if (entries.length === 0) continue;
    const agent = generation.agent ?? null;
    const last = exchanges[exchanges.length - 1];
    if (last?.agent === agent) last.entries.push(...entries);
    else exchanges.push({ agent, entries });
  }
  return exchanges;
}

/** The messages that no earlier call held. One that a call holds twice (two times "yes") is shown twice. */
function newEntries(generation: Generation, shown: Map<string, number>): Entry[] {
  const { messages } = normalize(generation.input?.text, generation.output?.text, {
    scope: generation.scope ?? undefined,
    spanName: generation.name ?? undefined,
  });
  const here = new Map<string, number>();
  return messages.flatMap((message, index) => {
    const content = contentKey(message);
    if (content === null) return [];
    const times = (here.get(content) ?? 0) + 1;
    here.set(content, times);
    if (times <= (shown.get(content) ?? 0)) return [];
    shown.set(content, times);
    const { id, name, start } = generation;
    return [{ key: `${id}:${index}`, message, generation: { id, name, start } }];
  });
}

/** What makes two messages the same. Histories drop reasoning and ids, and call the system prompt this or that. */
export function contentKey({ role, parts }: Message): string | null {
  const said = parts.filter((part) => part.type !== "reasoning" && part.type !== "citation");
  const kept = said.length > 0 ? said : parts;
  if (kept.every((part) => part.type === "text" && part.text.trim() === "")) return null;
  return printJson([role === "developer" ? "system" : role, ...kept.map(essence)]);
}

function essence(part: Part): unknown {
  if (part.type === "text") return part.text.trim();
  if (part.type === "tool_call") return { call: part.name, args: part.args };
  if (part.type === "tool_result") return { result: part.content.map(essence) };
  return part;
}

/** The words of a message, without tools and reasoning. */
export function plainText(message: Message): string {
  return message.parts
    .flatMap((part) => (part.type === "text" || part.type === "refusal" ? [part.text] : []))
    .join("\n\n")
    .trim();
}
