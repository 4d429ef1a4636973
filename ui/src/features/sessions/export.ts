// A session taken along: as Markdown for people, as JSON for programs.
import { toMarkdown } from "@/kit/messages";
import type { Session, Turn } from "./session-queries";
import type { Said } from "./turn-model";

export function sessionMarkdown(sessionId: string, turns: readonly Turn[], said: readonly Said[]): string {
  const parts = turns.map((turn, index) => {
    const { asked, answered } = said[index] as Said;
    return `## ${index + 1}. ${turn.trace.time}\n\n${toMarkdown([...asked, ...answered])}`;
  });
  return [`# Session ${sessionId}`, ...parts].join("\n\n");
}

export function downloadSession(
  sessionId: string,
  session: Session | undefined,
  turns: readonly Turn[],
): void {
  const blob = new Blob([JSON.stringify({ session, turns }, null, 2)], { type: "application/json" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `session-${sessionId.replace(/[^\w.-]+/g, "_").slice(0, 80)}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}
