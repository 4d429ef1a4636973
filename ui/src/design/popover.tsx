// Floating layers: menus and small panels that hang at a button.
import clsx from "clsx";
import type { ReactElement, ReactNode } from "react";
import {
  Dialog as AriaDialog,
  DialogTrigger,
  Popover as AriaPopover,
  type PopoverProps as AriaPopoverProps,
} from "react-aria-components";

export interface LayerProps extends Omit<AriaPopoverProps, "className" | "style" | "children"> {
  children: ReactNode;
  className?: string;
}

/** The bare floating surface; Menu, Select and ComboBox stand on it. */
export function Layer({ children, className, ...rest }: LayerProps): ReactElement {
  return (
    <AriaPopover
      offset={4}
      {...rest}
      className={clsx(
        "z-40 overflow-auto rounded-card border border-line bg-bg text-1 shadow-float",
        className,
      )}
    >
      {children}
    </AriaPopover>
  );
}

export interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactElement;
  /** Name of the panel for assistive technology. */
  label: string;
  placement?: AriaPopoverProps["placement"];
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
  className?: string;
  children: ReactNode | ((panel: { close: () => void }) => ReactNode);
}

export function Popover({
  trigger,
  label,
  placement,
  isOpen,
  onOpenChange,
  className,
  children,
}: PopoverProps): ReactElement {
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      {trigger}
      <Layer placement={placement ?? "bottom start"}>
        <AriaDialog aria-label={label} className={clsx("max-w-full p-3 outline-none", className)}>
          {typeof children === "function" ? ({ close }) => <>{children({ close })}</> : children}
        </AriaDialog>
      </Layer>
    </DialogTrigger>
  );
}
