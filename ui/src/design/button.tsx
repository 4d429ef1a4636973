// Buttons: one primary per view, everything else default or quiet.
import clsx from "clsx";
import type { LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode, Ref } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";
import { Spinner } from "./spinner";
import { Tooltip } from "./tooltip";

export type ButtonVariant = "primary" | "default" | "quiet" | "danger";

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "style" | "children"> {
  variant?: ButtonVariant;
  size?: "compact";
  icon?: LucideIcon;
  children?: ReactNode;
  className?: string;
  ref?: Ref<HTMLButtonElement>;
}

const LOOK: Record<ButtonVariant, string> = {
  primary: "bg-accent text-on-accent border-transparent data-hovered:opacity-90",
  default: "bg-bg text-1 border-strong data-hovered:bg-s2",
  quiet: "bg-transparent text-2 border-transparent data-hovered:bg-s2 data-hovered:text-1",
  danger: "bg-bg text-danger border-danger data-hovered:bg-tint-danger",
};

/** The classes of a button, for links that look like one. */
export function buttonClass(variant: ButtonVariant = "default", size?: "compact", extra?: string): string {
  return clsx(
    "inline-flex shrink-0 items-center justify-center gap-1.5 rounded-control border font-medium whitespace-nowrap",
    "data-pressed:translate-y-px data-disabled:opacity-50 select-none transition-colors",
    size === "compact" ? "h-6 px-2 text-table" : "h-control px-3 text-base",
    LOOK[variant],
    extra,
  );
}

// Keeps the focus and does nothing. Not by the kit's `isPending`: when that ends it announces the button's name by
// reference, and the button is often gone by then, with the dialog that it closed.
const WAITING = { type: "button", onPress: undefined, "aria-disabled": true, "aria-busy": true } as const;

export function Button({
  variant,
  size,
  icon: Icon,
  children,
  className,
  isPending,
  ...rest
}: ButtonProps): ReactElement {
  return (
    <AriaButton
      {...rest}
      {...(isPending ? WAITING : {})}
      className={clsx(buttonClass(variant, size, className), isPending && "opacity-75")}
    >
      {isPending ? <Spinner size={14} /> : Icon && <Icon size={14} aria-hidden />}
      {children}
    </AriaButton>
  );
}

export interface IconButtonProps extends Omit<ButtonProps, "children" | "icon"> {
  /** Read aloud and shown as the tooltip. */
  label: string;
  icon: LucideIcon;
  shortcut?: string;
  /** Without a tooltip, for buttons that open a menu right where it would be. */
  plain?: boolean;
}

export function IconButton({
  label,
  icon: Icon,
  shortcut,
  plain,
  variant = "quiet",
  size,
  className,
  ...rest
}: IconButtonProps): ReactElement {
  const button = (
    <AriaButton
      {...rest}
      aria-label={label}
      className={buttonClass(
        variant,
        undefined,
        clsx("px-0!", size === "compact" ? "size-6!" : "w-control", className),
      )}
    >
      {rest.isPending ? <Spinner size={14} /> : <Icon size={size === "compact" ? 14 : 16} aria-hidden />}
    </AriaButton>
  );
  return plain ? (
    button
  ) : (
    <Tooltip label={label} shortcut={shortcut}>
      {button}
    </Tooltip>
  );
}
