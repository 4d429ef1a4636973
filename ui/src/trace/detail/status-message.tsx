// What a span said about its end: of an error the first that one looks for.
import { CircleAlert, TriangleAlert } from "lucide-react";
import type { ReactElement } from "react";

import { CopyButton } from "@/design";

export interface StatusMessageProps {
  level: string;
  text: string;
}

export function StatusMessage({ level, text }: StatusMessageProps): ReactElement {
  const bad = level === "ERROR";
  const Icon = bad ? CircleAlert : TriangleAlert;
  return (
    <div
      role={bad ? "alert" : undefined}
      className={`flex max-h-48 gap-2 overflow-auto rounded-control p-2 ${bad ? "bg-tint-danger text-danger" : "bg-tint-warn text-warn"}`}
    >
      <Icon size={14} aria-hidden className="mt-0.5 shrink-0" />
      <pre className="min-w-0 flex-1 whitespace-pre-wrap">{text}</pre>
      <CopyButton text={text} label="Copy the message" />
    </div>
  );
}
