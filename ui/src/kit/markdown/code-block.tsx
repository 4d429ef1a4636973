// A block of code with its language and a button to copy it.
import { memo, type ReactElement } from "react";
import { CopyButton } from "@/design";
import { highlight } from "./highlight";

const LOOK = { comment: "text-3 italic", string: "text-ok", number: "text-warn", word: "text-info" };

export const CodeBlock = memo(function CodeBlock({
  code,
  language,
}: {
  code: string;
  language?: string;
}): ReactElement {
  const isProse = language === "text" || language === "plain" || language === "markdown" || language === "md";
  return (
    <div className="group relative my-2 min-w-0 rounded-control border border-line bg-s1 first:mt-0 last:mb-0">
      <div className="absolute top-1 right-1 flex items-center gap-1 rounded-control bg-s1 pl-1">
        {language && <span className="text-caption text-3">{language}</span>}
        <CopyButton text={code} label="Copy code" />
      </div>
      {/* Wide code scrolls, so the keyboard must be able to reach it. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex */}
      <pre
        tabIndex={0}
        aria-label={language ? `Code, ${language}` : "Code"}
        className="focus-inset overflow-x-auto px-3 py-2 pr-24 font-mono text-code"
      >
        <code>
          {(isProse ? [{ text: code }] : highlight(code)).map((piece, index) =>
            "kind" in piece && piece.kind ? (
              <span key={index} className={LOOK[piece.kind]}>
                {piece.text}
              </span>
            ) : (
              piece.text
            ),
          )}
        </code>
      </pre>
    </div>
  );
});
