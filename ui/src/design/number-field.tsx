// A number; empty is null, never NaN.
import clsx from "clsx";
import type { ReactElement } from "react";
import {
  Group,
  Input,
  NumberField as AriaNumberField,
  type NumberFieldProps as AriaNumberFieldProps,
} from "react-aria-components";
import { CONTROL, FIELD, FieldHelp, FieldLabel, type FieldProps } from "./field";

export interface NumberFieldProps
  extends
    FieldProps,
    Pick<AriaNumberFieldProps, "minValue" | "maxValue" | "step" | "formatOptions" | "autoFocus" | "name"> {
  value: number | null;
  onChange: (value: number | null) => void;
  placeholder?: string;
  /** Written after the number, such as "days". */
  unit?: string;
}

export function NumberField({
  label,
  hideLabel,
  description,
  error,
  className,
  placeholder,
  unit,
  value,
  onChange,
  ...rest
}: NumberFieldProps): ReactElement {
  return (
    <AriaNumberField
      {...rest}
      value={value ?? Number.NaN}
      onChange={(next) => onChange(Number.isNaN(next) ? null : next)}
      isInvalid={!!error}
      validationBehavior="aria"
      className={clsx(FIELD, className)}
    >
      <FieldLabel label={label} hideLabel={hideLabel} isRequired={rest.isRequired} />
      <Group className="flex items-center gap-2">
        <Input placeholder={placeholder} className={clsx(CONTROL, "tabular")} />
        {unit && <span className="shrink-0 text-3">{unit}</span>}
      </Group>
      <FieldHelp description={description} error={error} />
    </AriaNumberField>
  );
}
