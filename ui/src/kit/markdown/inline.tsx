// Tokens inside of a line -> React elements.
import { ExternalLink } from "lucide-react";
import type { Token } from "marked";
import { Fragment, type ReactElement, type ReactNode } from "react";
import { Media } from "@/kit/media/media";
import { kindOf, readDataUrl, readReference, splitReferences } from "@/kit/media/reference";
import { decodeEntities, hostOf, safeHref } from "./links";

export function Inline({ tokens }: { tokens: Token[] | undefined }): ReactElement {
  return (
    <>
      {tokens?.map((token, index) => (
        <Fragment key={index}>{inline(token)}</Fragment>
      ))}
    </>
  );
}

function inline(token: Token): ReactNode {
  switch (token.type) {
    case "strong":
      return (
        <strong className="font-semibold">
          <Inline tokens={token.tokens} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inline tokens={token.tokens} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inline tokens={token.tokens} />
        </del>
      );
    case "codespan":
      return <code className="rounded-control bg-s2 px-1 font-mono text-code">{token.text as string}</code>;
    case "br":
      return <br />;
    case "link":
      return (
        <TextLink href={token.href as string} title={token.title as string | null} tokens={token.tokens} />
      );
    case "image":
      return <Picture href={token.href as string} alt={token.text as string} />;
    case "checkbox":
      return (
        <input
          type="checkbox"
          checked={token.checked === true}
          readOnly
          disabled
          aria-label="Task"
          className="mr-1 align-middle"
        />
      );
    case "escape":
      return token.text as string;
    case "text":
      return token.tokens ? <Inline tokens={token.tokens} /> : <Text text={token.text as string} />;
    default:
      // Raw HTML, and whatever the lexer may learn one day: shown, never made.
      return token.raw;
  }
}

function Text({ text }: { text: string }): ReactElement {
  const pieces = splitReferences(text);
  return (
    <>
      {pieces.map((piece, index) =>
        typeof piece === "string" ? (
          <Fragment key={index}>{decodeEntities(piece)}</Fragment>
        ) : (
          <Media
            key={index}
            kind={kindOf(piece.mime)}
            mime={piece.mime}
            source={{ kind: "media", id: piece.id }}
          />
        ),
      )}
    </>
  );
}

function TextLink({
  href,
  title,
  tokens,
}: {
  href: string;
  title: string | null;
  tokens?: Token[];
}): ReactElement {
  const safe = safeHref(href);
  if (safe === undefined) {
    return (
      <span title={href}>
        <Inline tokens={tokens} />
      </span>
    );
  }
  return (
    <a
      href={safe}
      title={title ?? hostOf(safe)}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-accent underline"
    >
      <Inline tokens={tokens} />
      <ExternalLink size={11} aria-hidden className="ml-0.5 inline align-baseline" />
      <span className="sr-only"> (opens in a new tab)</span>
    </a>
  );
}

/** Pictures of this server and in the text itself are shown; one elsewhere would tell its host that you read this. */
function Picture({ href, alt }: { href: string; alt: string }): ReactElement {
  const reference = readReference(href);
  if (reference) {
    return (
      <Media
        kind={kindOf(reference.mime)}
        mime={reference.mime}
        name={alt || undefined}
        source={{ kind: "media", id: reference.id }}
      />
    );
  }
  const data = readDataUrl(href);
  if (data?.mime.startsWith("image/")) {
    return (
      <Media kind="image" mime={data.mime} name={alt || undefined} source={{ kind: "data", data: href }} />
    );
  }
  const safe = safeHref(href);
  if (safe === undefined || safe.startsWith("mailto:")) return <span title={href}>{alt || href}</span>;
  return <Media kind="image" name={alt || undefined} source={{ kind: "url", url: safe }} />;
}
