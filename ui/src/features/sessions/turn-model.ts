// What a turn shows: what was asked and what was answered, found in the input and output of its trace. Pure.
import { contentKey, normalize, type Generation, type Message, plainText } from "@/kit/messages";
import type { Turn } from "./session-queries";

export const SHOWS = ["conversation", "all", "first", "agents"] as const;
/** conversation: question and answer of the trace; all: every message; first: the first model call; agents: what agents said. */
export type Show = (typeof SHOWS)[number];

export interface Said {
  system: Message[];
  asked: Message[];
  answered: Message[];
  /** Neither question nor answer could be read: the reader is asked which span is the reply. */
  isUnreadable: boolean;
}

const isSystem = ({ role }: Message): boolean => role === "system" || role === "developer";
const isSpoken = (message: Message): boolean =>
  message.fallback !== true &&
  message.parts.some(
    (part) => part.type !== "tool_call" && part.type !== "tool_result" && part.type !== "json",
  );

/** Question and answer. Of a history only what was said since the last answer counts: the rest stands in earlier turns. */
export function saidIn(input: unknown, output: unknown): Said {
  const { messages } = normalize(input, output);
  const given = messages.filter(({ side }) => side === "input");
  const told = messages.filter(({ side }) => side === "output");
  // An assistant that calls a tool has not answered yet.
  const lastAnswer = given.findLastIndex(
    (message) =>
      message.role === "assistant" &&
      isSpoken(message) &&
      !message.parts.some(({ type }) => type === "tool_call"),
  );
  const asked = given.slice(lastAnswer + 1).filter(({ role }) => role === "user");
  // A state that came back whole (LangGraph) ends with the answer; tools before it are steps.
  const spoken = told.filter(
    (message) =>
      isSpoken(message) && message.role !== "user" && message.role !== "tool" && !isSystem(message),
  );
  const answer = spoken.filter(({ choice }) => choice !== undefined).length > 1 ? spoken : spoken.slice(-1);
  const hasValue = told.some(({ fallback }) => fallback);
  return {
    system: given.filter(isSystem),
    asked: asked.length > 0 ? asked : given.filter((message) => message.role === "other"),
    answered: answer.length > 0 ? answer : told.slice(-1),
    isUnreadable: given.some(({ fallback }) => fallback) || (hasValue && answer.length === 0),
  };
}

/** The same of one of its model calls, where the trace itself says nothing readable. */
export const saidByGeneration = ({ input, output }: Generation): Said => saidIn(input?.text, output?.text);

/** "4 tool calls · 3 model calls"; empty if there were none. */
export function stepsText({ steps }: Pick<Turn, "steps">): string {
  const parts = [
    count(steps.tools, "tool call"),
    count(steps.generations, "model call"),
    count(steps.other, "other step"),
  ];
  return parts.filter(Boolean).join(" \u00b7 ");
}

const count = (number: number, noun: string): string =>
  number === 0 ? "" : `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;

/** Where each thing is said first: the steps of a later turn do not repeat it. */
export function firstTurns(said: readonly Said[]): Map<string, number> {
  const turns = new Map<string, number>();
  said.forEach(({ asked, answered }, index) => {
    for (const message of [...asked, ...answered]) {
      const key = contentKey(message);
      if (key !== null && !turns.has(key)) turns.set(key, index);
    }
  });
  return turns;
}

/** The first words, for the rail. */
export function headline({ asked, answered }: Said): string {
  const text = [...asked, ...answered].map(plainText).find(Boolean) ?? "";
  return text.replace(/\s+/g, " ").slice(0, 120);
}
