// What is said: as Markdown or as it is written. JSON that stands alone is shown as JSON.
import { useMemo, type ReactElement } from "react";
import { JsonView } from "@/kit/json-view";
import { shapeOf } from "@/kit/json-view/document";
import { Markdown, PlainText } from "@/kit/markdown";
import type { Role } from "../types";
import { useTextLook } from "../taste";
import { FOLD, Folded } from "./folded";

export function TextPart({ text, speaker }: { text: string; speaker: Role }): ReactElement {
  const look = useTextLook();
  const isJson = useMemo(() => /^\s*[[{]/.test(text) && shapeOf(text) === "json", [text]);
  if (isJson && look === "pretty") return <JsonView text={text} label="Message as JSON" compact />;
  const lines = speaker === "system" || speaker === "developer" ? FOLD.system : FOLD.other;
  return (
    <Folded text={text} lines={lines}>
      {(shown) =>
        look === "pretty" ? (
          <Markdown text={shown} />
        ) : (
          <PlainText text={shown} className="font-mono text-code" />
        )
      }
    </Folded>
  );
}
