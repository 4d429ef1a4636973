// Badges state something; chips are values that can be taken away.
import clsx from "clsx";
import { Bug, CircleAlert, TriangleAlert, X } from "lucide-react";
import type { LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Button as AriaButton } from "react-aria-components";

export type Tone = "neutral" | "accent" | "ok" | "warn" | "danger" | "info";

const TONE: Record<Tone, string> = {
  neutral: "bg-s2 text-2",
  accent: "bg-sel text-1",
  ok: "bg-tint-ok text-ok",
  warn: "bg-tint-warn text-warn",
  danger: "bg-tint-danger text-danger",
  info: "bg-tint-info text-info",
};

export interface BadgeProps {
  tone?: Tone;
  icon?: LucideIcon;
  title?: string;
  className?: string;
  children: ReactNode;
}

export function Badge({
  tone = "neutral",
  icon: Icon,
  title,
  className,
  children,
}: BadgeProps): ReactElement {
  return (
    <span
      title={title}
      className={clsx(
        "inline-flex h-5 max-w-full items-center gap-1 rounded-control px-1.5 text-table font-medium whitespace-nowrap",
        TONE[tone],
        className,
      )}
    >
      {Icon && <Icon size={12} aria-hidden className="shrink-0" />}
      <span className="truncate">{children}</span>
    </span>
  );
}

export interface ChipProps {
  children: ReactNode;
  /** Shows a remove button with this name's text. */
  onRemove?: () => void;
  removeLabel?: string;
  onPress?: () => void;
  tone?: Tone;
  className?: string;
}

export function Chip({
  children,
  onRemove,
  removeLabel,
  onPress,
  tone = "neutral",
  className,
}: ChipProps): ReactElement {
  const text = <span className="truncate">{children}</span>;
  return (
    <span
      className={clsx(
        "inline-flex h-6 max-w-full items-center rounded-chip text-table",
        TONE[tone],
        onRemove ? "pl-2" : "px-2",
        className,
      )}
    >
      {onPress ? (
        <AriaButton onPress={onPress} className="h-full min-w-0 truncate rounded-chip data-hovered:underline">
          {text}
        </AriaButton>
      ) : (
        text
      )}
      {onRemove && (
        <AriaButton
          aria-label={removeLabel ?? (typeof children === "string" ? `Remove ${children}` : "Remove")}
          onPress={onRemove}
          className="flex size-6 shrink-0 items-center justify-center rounded-chip data-hovered:text-1"
        >
          <X size={12} aria-hidden />
        </AriaButton>
      )}
    </span>
  );
}

/** The level of an observation; DEFAULT is shown as nothing. */
export function LevelBadge({
  level,
  compact,
}: {
  level: string | null | undefined;
  compact?: boolean;
}): ReactElement | null {
  const look = {
    ERROR: ["danger", CircleAlert, "Error"],
    WARNING: ["warn", TriangleAlert, "Warning"],
    DEBUG: ["neutral", Bug, "Debug"],
  } as const;
  const found = look[level as keyof typeof look];
  if (!found) return null;
  const [tone, Icon, word] = found;
  if (compact) {
    return (
      <span
        role="img"
        aria-label={word}
        title={word}
        className={clsx(
          "inline-flex",
          tone === "danger" ? "text-danger" : tone === "warn" ? "text-warn" : "text-3",
        )}
      >
        <Icon size={14} aria-hidden />
      </span>
    );
  }
  return (
    <Badge tone={tone} icon={Icon}>
      {word}
    </Badge>
  );
}
