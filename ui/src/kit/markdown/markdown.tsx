// Markdown of anybody, safely: the lexer's tokens become React elements of a fixed set (ui.md 2.5).
import clsx from "clsx";
import { memo, useMemo, useState, type ReactElement } from "react";
import { Button } from "@/design";
import { formatCount } from "@/kit/format";
import { Block } from "./blocks";
import { judge, type Verdict } from "./guard";
import { lex, type Lexed } from "./lex";

export interface MarkdownProps {
  text: string;
  className?: string;
}

const REASONS: Record<NonNullable<Verdict["why"]>, string> = {
  long: "is very long",
  deep: "is nested very deeply",
  dense: "has very many marks",
};

export const Markdown = memo(function Markdown({ text, className }: MarkdownProps): ReactElement {
  const [forced, setForced] = useState(false);
  const verdict = useMemo(() => judge(text), [text]);
  // Deep nesting overflows the stack of any parser, so there is no way to insist on it.
  const canForce = verdict.why !== "deep";
  if (verdict.isSafe || (forced && canForce)) return <Rendered text={text} className={className} />;
  return (
    <div className={className}>
      <p className="mb-1 flex flex-wrap items-center gap-2 text-table text-3">
        Shown as plain text: it {REASONS[verdict.why ?? "long"]} ({formatCount(text.length)} characters).
        {canForce && (
          <Button size="compact" variant="quiet" onPress={() => setForced(true)}>
            Render anyway
          </Button>
        )}
      </p>
      <PlainText text={text} />
    </div>
  );
});

interface Known {
  text: string;
  lexed: Lexed | null;
}

function Rendered({ text, className }: MarkdownProps): ReactElement {
  const [known, setKnown] = useState<Known>(() => ({ text, lexed: lex(text) }));
  // State that follows the text: a growing one is lexed again only from its last block on.
  const now = known.text === text ? known : { text, lexed: lex(text, known.lexed ?? undefined) };
  if (now !== known) setKnown(now);
  const { lexed } = now;
  if (!lexed) return <PlainText text={text} className={className} />;
  const links = lexed.blocks
    .filter(({ type }) => type === "def")
    .map(({ raw }) => raw)
    .join("");
  return (
    <div className={clsx("min-w-0 break-words", className)} dir="auto">
      {lexed.blocks.map((token, index) => (
        <Block key={index} token={token} links={links} />
      ))}
    </div>
  );
}

/** The text as it is, with its line breaks. */
export function PlainText({ text, className }: MarkdownProps): ReactElement {
  return (
    <div dir="auto" className={clsx("min-w-0 break-words whitespace-pre-wrap", className)}>
      {text}
    </div>
  );
}
