// One of a few choices, all visible, each with room for an explanation.
import clsx from "clsx";
import type { ReactElement } from "react";
import { Radio, RadioGroup as AriaRadioGroup } from "react-aria-components";
import { FIELD, FieldHelp, FieldLabel, type FieldProps } from "./field";
import type { Option } from "./select";

export interface RadioGroupProps<T extends string> extends FieldProps {
  options: readonly Option<T>[];
  value: T | null;
  onChange: (value: T) => void;
  orientation?: "horizontal" | "vertical";
}

export function RadioGroup<T extends string>(props: RadioGroupProps<T>): ReactElement {
  const {
    label,
    hideLabel,
    description,
    error,
    className,
    options,
    onChange,
    orientation = "vertical",
    ...rest
  } = props;
  return (
    <AriaRadioGroup
      {...rest}
      orientation={orientation}
      onChange={(value) => onChange(value as T)}
      isInvalid={!!error}
      validationBehavior="aria"
      className={clsx(FIELD, className)}
    >
      <FieldLabel label={label} hideLabel={hideLabel} isRequired={rest.isRequired} />
      <div className={clsx("flex gap-x-4 gap-y-1", orientation === "vertical" ? "flex-col" : "flex-wrap")}>
        {options.map((option) => (
          <Radio
            key={option.id}
            value={option.id}
            className="flex min-h-6 items-start gap-2 outline-none data-disabled:opacity-50"
          >
            {({ isSelected, isFocusVisible }) => (
              <>
                <span
                  aria-hidden
                  data-focus-visible={isFocusVisible || undefined}
                  className={clsx(
                    "mt-1 flex size-4 shrink-0 items-center justify-center rounded-chip border",
                    isSelected ? "border-accent bg-accent" : "border-strong bg-bg",
                  )}
                >
                  {isSelected && <span className="size-1.5 rounded-chip bg-on-accent" />}
                </span>
                <span className="min-w-0 pt-0.5">
                  {option.label}
                  {option.description && (
                    <span className="block text-table text-3">{option.description}</span>
                  )}
                </span>
              </>
            )}
          </Radio>
        ))}
      </div>
      <FieldHelp description={description} error={error} />
    </AriaRadioGroup>
  );
}
