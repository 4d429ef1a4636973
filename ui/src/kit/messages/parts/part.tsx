// One part of a message.
import { Ban, Link2 } from "lucide-react";
import type { ReactElement } from "react";
import { JsonView } from "@/kit/json-view";
import { safeHref } from "@/kit/markdown";
import { Media } from "@/kit/media";
import type { CitationPart, MediaPart, Part, Role } from "../types";
import type { Pairing } from "../pairing";
import { Folded, FOLD } from "./folded";
import { PlainText } from "@/kit/markdown";
import { Reasoning } from "./reasoning";
import { TextPart } from "./text";
import { Result, ToolCall } from "./tool";

export interface PartViewProps {
  part: Part;
  speaker: Role;
  pairing: Pairing;
}

export function PartView({ part, speaker, pairing }: PartViewProps): ReactElement | null {
  const draw = (inner: Part, index: number): ReactElement => (
    <PartView key={index} part={inner} speaker="tool" pairing={pairing} />
  );
  switch (part.type) {
    case "text":
      return <TextPart text={part.text} speaker={speaker} />;
    case "reasoning":
      return <Reasoning part={part} />;
    case "tool_call":
      return <ToolCall part={part} result={pairing.resultOf.get(part)} draw={draw} />;
    case "tool_result":
      return pairing.paired.has(part) ? null : <Result part={part} draw={draw} />;
    case "refusal":
      return (
        <p className="flex items-start gap-1.5 text-warn">
          <Ban size={14} aria-hidden className="mt-0.5 shrink-0" />
          <span>
            <span className="font-medium">Refused:</span> {part.text}
          </span>
        </p>
      );
    case "citation":
      return <Citation part={part} />;
    case "json":
      return <JsonView value={part.value} label="Content as JSON" compact />;
    default:
      return <MediaView part={part} />;
  }
}

function MediaView({ part }: { part: MediaPart }): ReactElement {
  return (
    <div>
      {(part.transcript === undefined || part.source.kind !== "missing" || part.name) && (
        <Media kind={part.type} source={part.source} mime={part.mime} name={part.name} />
      )}
      {part.transcript !== undefined && (
        <Folded text={part.transcript} lines={FOLD.other}>
          {(shown) => <PlainText text={shown} className="border-l-2 border-line pl-2 text-2" />}
        </Folded>
      )}
    </div>
  );
}

function Citation({ part }: { part: CitationPart }): ReactElement {
  const href = part.url === undefined ? undefined : safeHref(part.url);
  const title = part.title ?? part.url ?? "Source";
  return (
    <p className="flex min-w-0 items-start gap-1.5 text-table text-2">
      <Link2 size={14} aria-hidden className="mt-0.5 shrink-0 text-3" />
      <span className="min-w-0">
        {href ? (
          <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline">
            {title}
          </a>
        ) : (
          <span className="font-medium">{title}</span>
        )}
        {part.text && <span className="text-3"> “{part.text.slice(0, 400)}”</span>}
      </span>
    </p>
  );
}
