// A row of joined buttons of which exactly one is on.
import clsx from "clsx";
import type { LucideIcon } from "lucide-react";
import type { ReactElement } from "react";
import { ToggleButton, ToggleButtonGroup } from "react-aria-components";

export interface SegmentedProps<T extends string> {
  /** Name of the group for assistive technology. */
  label: string;
  options: readonly { id: T; label: string; icon?: LucideIcon; iconOnly?: boolean; isDisabled?: boolean }[];
  value: T;
  onChange: (value: T) => void;
  size?: "compact";
  className?: string;
}

export function Segmented<T extends string>({
  label,
  options,
  value,
  onChange,
  size,
  className,
}: SegmentedProps<T>): ReactElement {
  return (
    <ToggleButtonGroup
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={(keys) => {
        const [key] = keys;
        if (key !== undefined) onChange(key as T);
      }}
      className={clsx(
        "inline-flex w-fit max-w-full shrink-0 overflow-x-auto rounded-control bg-s2 p-0.5",
        className,
      )}
    >
      {options.map(({ id, label: text, icon: Icon, iconOnly, isDisabled }) => (
        <ToggleButton
          key={id}
          id={id}
          isDisabled={isDisabled}
          aria-label={iconOnly ? text : undefined}
          className={clsx(
            "focus-inset inline-flex h-6 min-w-6 items-center justify-center gap-1.5 rounded-control px-2 font-medium whitespace-nowrap text-2",
            "data-hovered:text-1 data-disabled:opacity-50 data-selected:bg-bg data-selected:text-1 data-selected:shadow-float",
            size === "compact" ? "text-table" : "text-base",
          )}
        >
          {Icon && <Icon size={14} aria-hidden />}
          {!iconOnly && text}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
