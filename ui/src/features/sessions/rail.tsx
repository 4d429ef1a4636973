// The turns at a glance: a dot for how each ended, its first words, a jump to it.
import clsx from "clsx";
import type { ReactElement } from "react";
import { formatTime } from "@/kit/format";
import type { Turn } from "./session-queries";

export interface RailProps {
  turns: readonly Turn[];
  headlines: readonly string[];
  current: number;
  onJump: (index: number) => void;
}

const DOTS: Record<string, string> = { ERROR: "bg-danger", WARNING: "bg-warn", DEBUG: "bg-line" };
const WORDS: Record<string, string> = { ERROR: "failed", WARNING: "with a warning" };

export function Rail({ turns, headlines, current, onJump }: RailProps): ReactElement {
  return (
    <nav aria-label="Turns" className="w-56 shrink-0 overflow-y-auto border-r border-line py-2 max-lg:hidden">
      <ol>
        {turns.map(({ trace }, index) => {
          const level = trace.errors > 0 ? "ERROR" : trace.level;
          return (
            <li key={trace.id}>
              <button
                type="button"
                aria-current={index === current ? "true" : undefined}
                onClick={() => onJump(index)}
                className={clsx(
                  "focus-inset flex min-h-8 w-full items-center gap-2 px-3 py-1 text-left text-table",
                  index === current ? "bg-sel" : "hover:bg-s2",
                )}
              >
                <span aria-hidden className={clsx("size-2 shrink-0 rounded-chip", DOTS[level] ?? "bg-ok")} />
                <span className="tabular w-5 shrink-0 text-3">{index + 1}</span>
                <span className="min-w-0 flex-1 truncate">
                  {headlines[index] || trace.name || formatTime(trace.time)}
                </span>
                {WORDS[level] && <span className="sr-only">{WORDS[level]}</span>}
              </button>
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
