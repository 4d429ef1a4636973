// Messages as Markdown, for a ticket or a mail.
import { printJson } from "@/kit/json-view/lossless";
import type { Message, Part } from "./types";

const NAMES = {
  system: "System",
  developer: "Developer",
  user: "User",
  assistant: "Assistant",
  tool: "Tool",
  other: "Message",
};

export const roleName = ({ role, name }: Pick<Message, "role" | "name">): string =>
  role === "other" && name ? name : NAMES[role];

export function toMarkdown(messages: readonly Message[]): string {
  return messages
    .map(
      (message) => `**${roleName(message)}**\n\n${message.parts.map(partText).filter(Boolean).join("\n\n")}`,
    )
    .join("\n\n");
}

function partText(part: Part): string {
  switch (part.type) {
    case "text":
    case "refusal":
      return part.text;
    case "reasoning":
      return part.redacted ? "" : quote(`Reasoning: ${part.text}`);
    case "tool_call":
      return `Calls \`${part.name}\`:\n\n${fence(typeof part.args === "string" ? part.args : printJson(part.args, 2))}`;
    case "tool_result":
      return `Result${part.error ? " (failed)" : ""}:\n\n${part.content.map((inner) => (inner.type === "text" ? fence(inner.text) : partText(inner))).join("\n\n")}`;
    case "citation":
      return `Source: ${[part.title, part.url].filter(Boolean).join(" ")}`;
    case "json":
      return fence(printJson(part.value, 2));
    default:
      return `[${part.type}${part.name ? `: ${part.name}` : ""}]${part.transcript ? `\n\n${quote(part.transcript)}` : ""}`;
  }
}

const quote = (text: string): string =>
  text
    .split("\n")
    .map((line) => `> ${line}`)
    .join("\n");

/** A fence that is longer than any in the text. */
function fence(text: string): string {
  const longest = Math.max(2, ...(text.match(/`{3,}/g) ?? []).map((run) => run.length));
  const marks = "`".repeat(longest + 1);
  return `${marks}\n${text}\n${marks}`;
}
