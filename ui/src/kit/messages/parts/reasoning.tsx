// What the model thought before it spoke: folded, since the answer is what one reads first.
import { Brain } from "lucide-react";
import type { ReactElement } from "react";
import { Markdown } from "@/kit/markdown";
import { formatCount } from "@/kit/format";
import type { ReasoningPart } from "../types";
import { Disclosure } from "./disclosure";

export function Reasoning({ part }: { part: ReasoningPart }): ReactElement {
  if (part.redacted || part.text === "") {
    return (
      <p className="flex items-center gap-1.5 text-table text-3">
        <Brain size={14} aria-hidden /> The provider keeps this reasoning to itself.
      </p>
    );
  }
  return (
    <Disclosure
      icon={Brain}
      title={part.summary ? "Summary of the reasoning" : "Reasoning"}
      note={`${formatCount(part.text.length)} characters`}
    >
      <Markdown text={part.text} className="text-2" />
    </Disclosure>
  );
}
