// Model calls as messages; other spans too when what they hold is a conversation, else input and output as they are.
import { type ReactElement, useMemo } from "react";

import { Messages, normalize } from "@/kit/messages";
import type { Hints } from "@/kit/messages";

import type { Span, TraceHead } from "../types";
import { CutNotice, StoredValue, useWhole } from "./stored-value";

/** Beyond this, other spans are not tried: reading megabytes to find that they are no messages helps nobody. */
const TRY_UP_TO = 256 << 10;

export interface MessageViewProps {
  span?: Span;
  trace?: TraceHead;
  isPlain: boolean;
}

export function MessageView({ span, trace, isPlain }: MessageViewProps): ReactElement {
  const { input, output } = (span ?? trace)!;
  const spanId = span?.id ?? null;
  const given = useWhole({ stored: input, spanId, field: "input" });
  const answer = useWhole({ stored: output, spanId, field: "output" });
  const hints = useMemo<Hints>(
    () => ({
      scope: span?.scopeName ?? undefined,
      spanName: span?.name ?? undefined,
      attributes: span?.metadata,
    }),
    [span],
  );
  const isCut = given.isCut || answer.isCut;
  const isConversation = useMemo(() => {
    if (span?.type === "GENERATION") return !isCut;
    if (isCut || given.text.length + answer.text.length > TRY_UP_TO) return false;
    const read = normalize(given.text, answer.text, hints);
    return read.format !== "generic" && !read.fallback && read.messages.length > 0;
  }, [span, isCut, given.text, answer.text, hints]);

  if (!isConversation) {
    return (
      <>
        <StoredValue title="Input" stored={input} whole={given} />
        <StoredValue title="Output" stored={output} whole={answer} />
      </>
    );
  }
  return (
    <div className="flex min-w-0 flex-col gap-2 px-3 pt-2">
      <CutNotice stored={input} whole={given} />
      <Messages input={given.text} output={answer.text} hints={hints} look={isPlain ? "plain" : "pretty"} />
    </div>
  );
}
