// The three states that every region has: loading, empty, error.
import clsx from "clsx";
import { CircleAlert, type LucideIcon } from "lucide-react";
import { type ReactElement, type ReactNode, useState } from "react";
import { Button } from "./button";
import { copyText } from "./copy-button";

/** What an error may carry; the API client's errors have all of it. */
export interface ErrorLike {
  message?: string;
  status?: number;
  hint?: string | null;
  requestId?: string | null;
}

const BY_STATUS: Record<number, string> = {
  403: "Your role does not allow this.",
  404: "This is not here, or not yours to see.",
  413: "The query is too large: narrow the time range.",
  504: "The query took too long: narrow the time range.",
};

/** One sentence for people, from whatever was thrown. */
export function errorText(error: ErrorLike | null | undefined): string {
  return error?.message || BY_STATUS[error?.status ?? 0] || "Something went wrong.";
}

export interface ErrorStateProps {
  error: ErrorLike | unknown;
  title?: string;
  onRetry?: () => void;
  compact?: boolean;
  className?: string;
}

export function ErrorState({ error, title, onRetry, compact, className }: ErrorStateProps): ReactElement {
  const cause = (error ?? {}) as ErrorLike;
  const [copied, setCopied] = useState(false);
  const hint = cause.hint || BY_STATUS[cause.status ?? 0];
  const text = errorText(cause);
  const details = [
    title,
    text,
    cause.status && `status ${cause.status}`,
    cause.requestId && `request ${cause.requestId}`,
  ]
    .filter(Boolean)
    .join("\n");
  return (
    <div
      role="alert"
      className={clsx(
        "flex flex-col items-start gap-2 text-base",
        compact ? "p-2" : "mx-auto max-w-150 p-6",
        className,
      )}
    >
      <p className="flex items-start gap-2 font-medium text-danger">
        <CircleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
        {title ?? text}
      </p>
      {title && <p className="text-2">{text}</p>}
      {hint && hint !== text && <p className="text-2">{hint}</p>}
      {cause.requestId && <p className="mono text-table text-3">Request {cause.requestId}</p>}
      <div className="flex gap-2">
        {onRetry && (
          <Button size="compact" onPress={onRetry}>
            Retry
          </Button>
        )}
        <Button
          size="compact"
          variant="quiet"
          onPress={() => void copyText(details).then(() => setCopied(true))}
        >
          {copied ? "Copied" : "Copy details"}
        </Button>
      </div>
    </div>
  );
}

export interface EmptyStateProps {
  title: string;
  icon?: LucideIcon;
  children?: ReactNode;
  action?: ReactNode;
  className?: string;
}

export function EmptyState({
  title,
  icon: Icon,
  children,
  action,
  className,
}: EmptyStateProps): ReactElement {
  return (
    <div
      className={clsx("mx-auto flex max-w-120 flex-col items-center gap-2 px-4 py-10 text-center", className)}
    >
      {Icon && <Icon size={24} aria-hidden className="text-3" />}
      <p className="text-form font-semibold">{title}</p>
      {children && <div className="text-2">{children}</div>}
      {action && <div className="mt-2 flex flex-wrap justify-center gap-2">{action}</div>}
    </div>
  );
}

/** A grey block of the final size. Sizes are CSS lengths in rem or per cent. */
export function Skeleton({
  width = "100%",
  height = "1rem",
  className,
}: {
  width?: string;
  height?: string;
  className?: string;
}): ReactElement {
  return (
    <span
      aria-hidden
      className={clsx("block max-w-full animate-shimmer rounded-control bg-s2", className)}
      style={{ width, height }}
    />
  );
}
