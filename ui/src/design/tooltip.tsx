// A hint on hover and focus. What matters must also be readable without it.
import type { ReactElement, ReactNode } from "react";
import { Focusable, Tooltip as AriaTooltip, TooltipTrigger } from "react-aria-components";
import { Kbd } from "./kbd";

export interface TooltipProps {
  label: ReactNode;
  shortcut?: string;
  placement?: "top" | "bottom" | "left" | "right";
  /** A button or link of this kit; wrap anything else in TooltipText. */
  children: ReactElement;
}

export function Tooltip({ label, shortcut, placement = "bottom", children }: TooltipProps): ReactElement {
  return (
    <TooltipTrigger delay={400} closeDelay={100}>
      {children}
      <AriaTooltip
        placement={placement}
        offset={6}
        className="z-50 max-w-80 rounded-control bg-1 px-2 py-1 text-table text-bg shadow-float"
      >
        <span className="flex items-center gap-2">
          <span>{label}</span>
          {shortcut && <Kbd keys={shortcut} inverse />}
        </span>
      </AriaTooltip>
    </TooltipTrigger>
  );
}

/** Text with a tooltip that the keyboard reaches too. */
export function TooltipText({
  label,
  children,
  className,
}: {
  label: ReactNode;
  children: ReactNode;
  className?: string;
}): ReactElement {
  return (
    <Tooltip label={label}>
      <Focusable>
        <span role="note" tabIndex={0} className={className}>
          {children}
        </span>
      </Focusable>
    </Tooltip>
  );
}
