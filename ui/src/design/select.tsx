// Choose one of a few; of many: ComboBox.
import clsx from "clsx";
import { Check, ChevronDown, type LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import {
  Button as AriaButton,
  ListBox,
  ListBoxItem,
  Select as AriaSelect,
  SelectValue,
} from "react-aria-components";
import { CONTROL, FIELD, FieldHelp, FieldLabel, type FieldProps } from "./field";
import { Layer } from "./popover";

export interface Option<T extends string = string> {
  id: T;
  label: string;
  description?: ReactNode;
  icon?: LucideIcon;
}

export interface SelectProps<T extends string> extends FieldProps {
  options: readonly Option<T>[];
  value: T | null;
  onChange: (value: T) => void;
  placeholder?: string;
  size?: "compact";
  name?: string;
}

export const OPTION =
  "flex min-h-7 items-center gap-2 rounded-control px-2 py-1 outline-none select-none data-focused:bg-s2 data-disabled:opacity-50";

export function OptionRow({ option, isSelected }: { option: Option; isSelected: boolean }): ReactElement {
  const Icon = option.icon;
  return (
    <>
      <Check size={14} aria-hidden className={clsx("shrink-0", !isSelected && "invisible")} />
      {Icon && <Icon size={14} aria-hidden className="shrink-0" />}
      <span className="min-w-0">
        <span className="block truncate">{option.label}</span>
        {option.description && <span className="block text-table text-3">{option.description}</span>}
      </span>
    </>
  );
}

export function Select<T extends string>(props: SelectProps<T>): ReactElement {
  const {
    label,
    hideLabel,
    description,
    error,
    className,
    options,
    value,
    onChange,
    placeholder,
    size,
    ...rest
  } = props;
  return (
    <AriaSelect
      {...rest}
      value={value}
      onChange={(key) => key !== null && onChange(key as T)}
      placeholder={placeholder}
      isInvalid={!!error}
      validationBehavior="aria"
      className={clsx(FIELD, className)}
    >
      <FieldLabel label={label} hideLabel={hideLabel} isRequired={rest.isRequired} />
      <AriaButton
        className={clsx(
          CONTROL,
          "flex items-center justify-between gap-2 data-hovered:bg-s1",
          size === "compact" && "h-6! text-table!",
        )}
      >
        <SelectValue className="truncate data-placeholder:text-3">
          {({ selectedText, isPlaceholder }) => (isPlaceholder ? (placeholder ?? "Select") : selectedText)}
        </SelectValue>
        <ChevronDown size={14} aria-hidden className="shrink-0 text-3" />
      </AriaButton>
      <FieldHelp description={description} error={error} />
      <Layer className="min-w-(--trigger-width)">
        <ListBox items={options} className="max-h-80 p-1 outline-none">
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className={OPTION}>
              {({ isSelected }) => <OptionRow option={option} isSelected={isSelected} />}
            </ListBoxItem>
          )}
        </ListBox>
      </Layer>
    </AriaSelect>
  );
}
