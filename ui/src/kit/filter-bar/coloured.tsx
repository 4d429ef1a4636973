// The text of the search bar in colours, exactly under the transparent text of the input.
import clsx from "clsx";
import { useLayoutEffect, useRef, type ReactElement, type RefObject } from "react";
import type { Diagnostic, Token, TokenKind } from "../query-language";

// Only colours and lines: anything that changes the width of a letter would shift the text under the caret.
const INK: Record<TokenKind, string> = {
  minus: "text-danger",
  field: "text-accent",
  operator: "text-3",
  value: "text-1",
  text: "text-1",
  word: "text-warn",
  bracket: "text-3",
  bad: "text-danger",
};

type Piece = { text: string; kind?: TokenKind; isWrong: boolean };

export function piecesOf(text: string, tokens: readonly Token[], problems: readonly Diagnostic[]): Piece[] {
  const cuts = new Set([0, text.length]);
  for (const { from, to } of [...tokens, ...problems]) cuts.add(from).add(to);
  const places = [...cuts].filter((at) => at >= 0 && at <= text.length).sort((a, b) => a - b);
  const inside = (at: number) => (span: { from: number; to: number }) => span.from <= at && at < span.to;
  return places.slice(0, -1).map((from, index) => ({
    text: text.slice(from, places[index + 1]),
    kind: tokens.find(inside(from))?.kind,
    isWrong: problems.some(inside(from)),
  }));
}

type Props = {
  text: string;
  tokens: Token[];
  problems: Diagnostic[];
  input: RefObject<HTMLInputElement | null>;
};

export function Coloured({ text, tokens, problems, input }: Props): ReactElement {
  const inner = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    const field = input.current;
    if (!field) return undefined;
    const follow = () => {
      if (inner.current) inner.current.scrollLeft = field.scrollLeft;
    };
    follow();
    field.addEventListener("scroll", follow);
    return () => field.removeEventListener("scroll", follow);
  }, [input, text]);
  return (
    <div
      ref={inner}
      aria-hidden
      className="pointer-events-none absolute inset-y-0 right-7 left-7 flex items-center overflow-hidden text-base whitespace-pre"
    >
      {piecesOf(text, tokens, problems).map((piece, index) => (
        <span
          key={index}
          className={clsx(
            piece.kind ? INK[piece.kind] : "text-2",
            piece.isWrong && "underline decoration-danger decoration-wavy underline-offset-2",
          )}
        >
          {piece.text}
        </span>
      ))}
    </div>
  );
}
