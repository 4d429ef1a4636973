// A call of a tool with its result beneath, and results whose call is not here.
import clsx from "clsx";
import { CornerDownRight, Wrench } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Badge, CopyButton } from "@/design";
import { JsonView, printJson } from "@/kit/json-view";
import { isEmpty } from "../read/fields";
import type { Part, ToolCallPart, ToolResultPart } from "../types";
import { Disclosure } from "./disclosure";

export interface ToolCallProps {
  part: ToolCallPart;
  result?: ToolResultPart;
  /** Draws the pieces of a result. */
  draw: (part: Part, index: number) => ReactNode;
}

export function ToolCall({ part, result, draw }: ToolCallProps): ReactElement {
  const args = typeof part.args === "string" ? part.args : printJson(part.args);
  return (
    <div
      role="group"
      aria-label={`Call of ${part.name}`}
      className={clsx(
        "min-w-0 rounded-control border bg-s1",
        result?.error ? "border-danger" : "border-line",
      )}
    >
      <div className="flex min-h-7 min-w-0 items-center gap-1.5 px-2">
        <Wrench size={14} aria-hidden className="shrink-0 text-series-2" />
        <span className="min-w-0 truncate font-mono text-table font-medium">{part.name}</span>
        {isEmpty(part.args) && <span className="text-table text-3">no arguments</span>}
        <span className="ml-auto flex shrink-0 items-center">
          {part.id && (
            <span className="max-w-32 truncate font-mono text-caption text-3 max-sm:hidden">{part.id}</span>
          )}
          <CopyButton text={args} label="Copy arguments" />
        </span>
      </div>
      {!isEmpty(part.args) && (
        <div className="px-2 pb-2">
          <Arguments args={part.args} name={part.name} />
        </div>
      )}
      {result && (
        <div className="border-t border-line px-2 py-1">
          <Result part={result} draw={draw} isFolded />
        </div>
      )}
    </div>
  );
}

function Arguments({ args, name }: { args: unknown; name: string }): ReactElement {
  if (typeof args === "string")
    return <pre className="overflow-x-auto font-mono text-code whitespace-pre-wrap">{args}</pre>;
  return <JsonView value={args} label={`Arguments of ${name}`} compact />;
}

/** Short results are open: one looks for them. */
const SHORT = 400;

export function Result({
  part,
  draw,
  isFolded,
}: {
  part: ToolResultPart;
  draw: ToolCallProps["draw"];
  isFolded?: boolean;
}): ReactElement {
  const title = isFolded ? "Result" : `Result${part.name ? ` of ${part.name}` : ""}`;
  const size = printJson(part.content).length;
  if (part.content.length === 0) return <p className="text-table text-3">{title}: empty</p>;
  return (
    <Disclosure
      icon={CornerDownRight}
      title={title}
      tone={part.error ? "danger" : undefined}
      note={part.error ? <Badge tone="danger">failed</Badge> : isFolded ? undefined : part.id}
      isOpen={size < SHORT || part.error === true || !isFolded}
    >
      <div className="flex min-w-0 flex-col gap-1 pb-1">{part.content.map(draw)}</div>
    </Disclosure>
  );
}
