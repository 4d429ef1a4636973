// Icon, word and tint of each observation type; colour never stands alone.
import clsx from "clsx";
import {
  Binary,
  Bot,
  CircleDot,
  FileSearch,
  Link2,
  ListTree,
  type LucideIcon,
  MessagesSquare,
  MoveHorizontal,
  Scale,
  ShieldCheck,
  Sparkles,
  Wrench,
} from "lucide-react";
import type { ReactElement } from "react";

export interface TypeLook {
  icon: LucideIcon;
  label: string;
  /** Class of the ink. */
  text: string;
  /** Class of a bar or dot. */
  fill: string;
  /** CSS variable of the tint, for a canvas. */
  token: string;
}

const series = (icon: LucideIcon, label: string, slot: number, text: string, fill: string): TypeLook => ({
  icon,
  label,
  text,
  fill,
  token: `--series-${slot}`,
});

export const TYPES: Record<string, TypeLook> = {
  GENERATION: series(Sparkles, "Generation", 1, "text-series-1", "bg-series-1"),
  AGENT: series(Bot, "Agent", 6, "text-series-6", "bg-series-6"),
  TOOL: series(Wrench, "Tool", 2, "text-series-2", "bg-series-2"),
  RETRIEVER: series(FileSearch, "Retriever", 3, "text-series-3", "bg-series-3"),
  CHAIN: { icon: Link2, label: "Chain", text: "text-2", fill: "bg-2", token: "--text-2" },
  TRACE: { icon: ListTree, label: "Trace", text: "text-1", fill: "bg-1", token: "--text" },
  EMBEDDING: series(Binary, "Embedding", 8, "text-series-8", "bg-series-8"),
  EVALUATOR: series(Scale, "Evaluator", 4, "text-series-4", "bg-series-4"),
  GUARDRAIL: series(ShieldCheck, "Guardrail", 5, "text-series-5", "bg-series-5"),
  SPAN: { icon: MoveHorizontal, label: "Span", text: "text-2", fill: "bg-2", token: "--text-2" },
  EVENT: { icon: CircleDot, label: "Event", text: "text-3", fill: "bg-3", token: "--text-3" },
  SESSION: { icon: MessagesSquare, label: "Session", text: "text-1", fill: "bg-1", token: "--text" },
};

/** The look of a type; an unknown one looks like a span but keeps its own name. */
export function typeLook(type: string | null | undefined): TypeLook {
  return TYPES[type ?? ""] ?? { ...TYPES.SPAN!, label: type || "Span" };
}

export function TypeIcon({
  type,
  size = 14,
  decorative,
  className,
}: {
  type: string | null | undefined;
  size?: number;
  decorative?: boolean;
  className?: string;
}): ReactElement {
  const { icon: Icon, label, text } = typeLook(type);
  return (
    <span
      {...(decorative ? { "aria-hidden": true } : { role: "img", "aria-label": label, title: label })}
      className={clsx("inline-flex shrink-0", text, className)}
    >
      <Icon size={size} aria-hidden />
    </span>
  );
}
