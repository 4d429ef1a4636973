// Floating layers: menus and small panels that hang at a button.
import clsx from "clsx";
import { type ReactElement, type ReactNode, useContext, useId } from "react";
import {
  DialogTrigger,
  OverlayTriggerStateContext,
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
  const name = useId();
  return (
    <DialogTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      {trigger}
      {/* The layer itself is the dialog: its buttons for screen readers, which close it, are then inside too. */}
      <Layer placement={placement ?? "bottom start"} aria-labelledby={name} className="outline-none">
        <span id={name} hidden>
          {label}
        </span>
        <Panel className={className}>{children}</Panel>
      </Layer>
    </DialogTrigger>
  );
}

function Panel({ className, children }: Pick<PopoverProps, "className" | "children">): ReactElement {
  const state = useContext(OverlayTriggerStateContext);
  return (
    <div className={clsx("max-w-[calc(100vw-1.5rem)] p-3", className)}>
      {typeof children === "function" ? children({ close: () => state?.close() }) : children}
    </div>
  );
}
