// The field for a value, as its config says: a number within limits, true or false, one of the categories, a text.
import type { ReactElement } from "react";
import { NumberField, RadioGroup, TextArea } from "@/design";
import { outOfRange, type ScoreConfig } from "./configs";

interface ValueFieldProps {
  config: ScoreConfig;
  value: number | string | null;
  onChange: (value: number | string | null) => void;
}

export function ValueField({ config, value, onChange }: ValueFieldProps): ReactElement {
  if (config.dataType === "BOOLEAN") {
    return (
      <RadioGroup
        label="Value"
        value={value === null ? null : String(value)}
        onChange={(next) => onChange(Number(next))}
        options={[
          { id: "1", label: "True" },
          { id: "0", label: "False" },
        ]}
      />
    );
  }
  if (config.dataType === "CATEGORICAL") {
    return (
      <RadioGroup
        label="Value"
        value={value === null ? null : String(value)}
        onChange={onChange}
        options={(config.categories ?? []).map(({ label }) => ({ id: label, label }))}
      />
    );
  }
  if (config.dataType === "TEXT") {
    return (
      <TextArea label="Value" rows={2} value={String(value ?? "")} onChange={onChange} maxLength={500} />
    );
  }
  const { minValue, maxValue } = config;
  const known = [minValue !== null && `at least ${minValue}`, maxValue !== null && `at most ${maxValue}`];
  return (
    <NumberField
      label="Value"
      description={known.filter(Boolean).join(", ") || undefined}
      value={typeof value === "number" ? value : null}
      error={value !== null && outOfRange(config, value) ? "Outside of the range of this score" : null}
      onChange={onChange}
      autoFocus
    />
  );
}
