// Checkbox and Switch: a checkbox waits for Save, a switch acts at once.
import clsx from "clsx";
import { Check, Minus } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Checkbox as AriaCheckbox, Switch as AriaSwitch } from "react-aria-components";

export interface CheckboxProps {
  isSelected: boolean;
  onChange: (selected: boolean) => void;
  isIndeterminate?: boolean;
  isDisabled?: boolean;
  /** Needed when there is no text next to it. */
  label?: string;
  children?: ReactNode;
  description?: ReactNode;
  className?: string;
  excludeFromTabOrder?: boolean;
}

export function Checkbox({ label, children, description, className, ...rest }: CheckboxProps): ReactElement {
  return (
    <AriaCheckbox
      {...rest}
      {...(label ? { "aria-label": label } : {})}
      className={clsx(
        "group inline-flex min-h-6 items-start gap-2 outline-none data-disabled:opacity-50",
        !children && "min-w-6 justify-center",
        className,
      )}
    >
      {({ isSelected, isIndeterminate, isFocusVisible }) => (
        <>
          <span
            aria-hidden
            data-focus-visible={isFocusVisible || undefined}
            className={clsx(
              "mt-1 flex size-4 shrink-0 items-center justify-center rounded-control border",
              isSelected || isIndeterminate
                ? "border-accent bg-accent text-on-accent"
                : "border-strong bg-bg",
            )}
          >
            {isIndeterminate ? <Minus size={12} /> : isSelected && <Check size={12} />}
          </span>
          {children && (
            <span className="min-w-0 pt-0.5">
              {children}
              {description && <span className="block text-table text-3">{description}</span>}
            </span>
          )}
        </>
      )}
    </AriaCheckbox>
  );
}

export type SwitchProps = Omit<CheckboxProps, "isIndeterminate">;

export function Switch({ label, children, description, className, ...rest }: SwitchProps): ReactElement {
  return (
    <AriaSwitch
      {...rest}
      {...(label ? { "aria-label": label } : {})}
      className={clsx(
        "inline-flex min-h-6 items-start gap-2 outline-none data-disabled:opacity-50",
        className,
      )}
    >
      {({ isSelected, isFocusVisible }) => (
        <>
          <span
            aria-hidden
            data-focus-visible={isFocusVisible || undefined}
            className={clsx(
              "mt-1 flex h-4 w-7 shrink-0 items-center rounded-chip border px-px",
              isSelected ? "justify-end border-accent bg-accent" : "border-strong bg-s2",
            )}
          >
            <span className={clsx("size-3 rounded-chip", isSelected ? "bg-on-accent" : "bg-strong")} />
          </span>
          {children && (
            <span className="min-w-0 pt-0.5">
              {children}
              {description && <span className="block text-table text-3">{description}</span>}
            </span>
          )}
        </>
      )}
    </AriaSwitch>
  );
}
