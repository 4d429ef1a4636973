// Choose one of many by typing; with `custom`, a value outside the list too.
import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import type { ReactElement } from "react";
import {
  Button as AriaButton,
  ComboBox as AriaComboBox,
  Input,
  ListBox,
  ListBoxItem,
} from "react-aria-components";
import { CONTROL, FIELD, FieldHelp, FieldLabel, type FieldProps } from "./field";
import { Layer } from "./popover";
import { type Option, OPTION, OptionRow } from "./select";

export interface ComboBoxProps extends FieldProps {
  options: readonly Option[];
  value: string | null;
  onChange: (value: string | null) => void;
  /** Every text is allowed; onChange then gets what was typed. */
  custom?: boolean;
  /** What is typed, for options that a server completes. */
  onInput?: (text: string) => void;
  placeholder?: string;
  autoFocus?: boolean;
}

export function ComboBox(props: ComboBoxProps): ReactElement {
  const {
    label,
    hideLabel,
    description,
    error,
    className,
    options,
    value,
    onChange,
    custom,
    onInput,
    placeholder,
    ...rest
  } = props;
  return (
    <AriaComboBox
      {...rest}
      defaultItems={options}
      selectedKey={custom ? undefined : value}
      {...(custom ? { inputValue: value ?? "" } : {})}
      onSelectionChange={(key) => {
        if (key !== null) onChange(String(key));
        else if (!custom) onChange(null);
      }}
      onInputChange={(text) => {
        if (custom) onChange(text || null);
        onInput?.(text);
      }}
      allowsCustomValue={custom}
      allowsEmptyCollection={!custom}
      menuTrigger="focus"
      isInvalid={!!error}
      validationBehavior="aria"
      className={clsx(FIELD, className)}
    >
      <FieldLabel label={label} hideLabel={hideLabel} isRequired={rest.isRequired} />
      <span className="relative flex">
        <Input placeholder={placeholder} className={clsx(CONTROL, "pr-7")} />
        <AriaButton className="absolute inset-y-0 right-0 flex w-7 items-center justify-center text-3">
          <ChevronDown size={14} aria-hidden />
        </AriaButton>
      </span>
      <FieldHelp description={description} error={error} />
      <Layer className="min-w-(--trigger-width)">
        <ListBox<Option>
          className="max-h-80 p-1 outline-none"
          renderEmptyState={() => <p className="px-2 py-1 text-3">Nothing matches</p>}
        >
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className={OPTION}>
              {({ isSelected }) => <OptionRow option={option} isSelected={isSelected} />}
            </ListBoxItem>
          )}
        </ListBox>
      </Layer>
    </AriaComboBox>
  );
}
