// Whether this page hears of new data: a dot, and the word for it.
import clsx from "clsx";
import type { ReactElement } from "react";
import { type LiveStatus, useLiveStatus } from "@/kit/live";

const LOOK: Partial<Record<LiveStatus, [fill: string, word: string]>> = {
  live: ["bg-ok", "Live"],
  polling: ["bg-ok", "Live, every 5 s"],
  alone: ["bg-warn", "Partly live"],
  connecting: ["bg-warn", "Connecting"],
  reconnecting: ["bg-warn", "Reconnecting"],
  off: ["bg-strong", "Live is off"],
  "signed-out": ["bg-strong", "Signed out"],
};

export function LiveDot(): ReactElement | null {
  const status = useLiveStatus();
  const look = LOOK[status];
  if (!look) return null;
  const [fill, word] = look;
  return (
    <span role="status" className="flex items-center gap-1.5 text-table whitespace-nowrap text-3">
      <span aria-hidden className={clsx("size-2 rounded-chip", fill)} />
      {/* The page's own switch says "Live" already. */}
      <span className={clsx(status === "live" ? "sr-only" : "max-md:sr-only")}>{word}</span>
    </span>
  );
}
