// One message: who, why it stopped, what it says, and what was left over.
import clsx from "clsx";
import { Bot, CircleAlert, Cog, type LucideIcon, MessageSquare, UserRound, Wrench } from "lucide-react";
import { memo, type ReactElement, type ReactNode } from "react";
import { Badge, CopyButton, type Tone } from "@/design";
import { JsonView, printJson } from "@/kit/json-view";
import { roleName, toMarkdown } from "./markdown-export";
import type { Pairing } from "./pairing";
import { Disclosure } from "./parts/disclosure";
import { PartView } from "./parts/part";
import type { Message } from "./types";

const ICONS: Record<Message["role"], LucideIcon> = {
  system: Cog,
  developer: Cog,
  user: UserRound,
  assistant: Bot,
  tool: Wrench,
  other: MessageSquare,
};
const LOOK: Record<Message["role"], string> = {
  system: "bg-s1",
  developer: "bg-s1",
  user: "bg-s1",
  assistant: "bg-bg",
  tool: "bg-s1",
  other: "bg-bg",
};
/** Reasons to stop that are worth a word: the rest is how an answer normally ends. */
const CUT = /length|max_tokens|MAX_TOKENS|incomplete/;
const BLOCKED = /content_filter|SAFETY|guardrail|RECITATION|PROHIBITED|BLOCK|refusal/i;

export interface MessageCardProps {
  message: Message;
  pairing: Pairing;
  /** At the right end of its line. */
  aside?: ReactNode;
}

export const MessageCard = memo(function MessageCard({
  message,
  pairing,
  aside,
}: MessageCardProps): ReactElement {
  const isError = message.role === "other" && message.name === "error";
  const Icon = isError ? CircleAlert : ICONS[message.role];
  const isJsonOnly = message.fallback === true;
  return (
    <article
      aria-label={isError ? "Error" : roleName(message)}
      data-speaker={message.role}
      data-fallback={isJsonOnly || undefined}
      className={clsx(
        "group/message min-w-0 rounded-card border px-3 py-2",
        isError ? "border-danger bg-tint-danger" : "border-line",
        !isError && LOOK[message.role],
      )}
    >
      <header className="mb-1 flex min-h-6 min-w-0 items-center gap-1.5 text-table">
        <Icon size={14} aria-hidden className={clsx("shrink-0", isError ? "text-danger" : "text-3")} />
        <span className={clsx("font-semibold", isError && "text-danger")}>
          {isError ? "Error" : isJsonOnly ? "JSON" : roleName(message)}
        </span>
        {message.name && !isError && message.role !== "other" && (
          <span className="truncate text-3">{message.name}</span>
        )}
        {message.choice !== undefined && <Badge>answer {message.choice + 1}</Badge>}
        {message.finish !== undefined && <Finish reason={message.finish} />}
        <span className="ml-auto flex shrink-0 items-center gap-1">
          {aside}
          <CopyButton
            text={() => (isJsonOnly ? printJson(message.raw, 2) : toMarkdown([message]))}
            label="Copy message"
          />
        </span>
      </header>
      <div className="flex min-w-0 flex-col gap-2 text-form">
        {message.parts.map((part, index) => (
          <PartView key={index} part={part} speaker={message.role} pairing={pairing} />
        ))}
        {message.parts.length === 0 && <p className="text-table text-3">No content</p>}
      </div>
      {message.extra && (
        <div className="mt-1">
          <Disclosure title="Other fields" note={Object.keys(message.extra).length}>
            <JsonView value={message.extra} label="Other fields of the message" compact />
          </Disclosure>
        </div>
      )}
    </article>
  );
});

function Finish({ reason }: { reason: string }): ReactElement | null {
  const tone: Tone | undefined = CUT.test(reason) ? "warn" : BLOCKED.test(reason) ? "danger" : undefined;
  if (tone === undefined) return <span className="truncate text-caption text-3">{reason}</span>;
  return <Badge tone={tone}>{CUT.test(reason) ? `cut off: ${reason}` : reason}</Badge>;
}
