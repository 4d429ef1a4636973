// A score config while it is being written.
import type { Schema } from "@/api";

export type DataType = Schema<"ScoreConfigOut">["dataType"];

export const TYPES: Record<DataType, string> = {
  NUMERIC: "Number",
  CATEGORICAL: "Category",
  BOOLEAN: "Yes or no",
  TEXT: "Text",
};

export interface Draft {
  name: string;
  dataType: DataType;
  min: number | null;
  max: number | null;
  /** One on each line. */
  categories: string;
  description: string;
}

export const EMPTY: Draft = {
  name: "",
  dataType: "NUMERIC",
  min: null,
  max: null,
  categories: "",
  description: "",
};

/** Labels with values counted from 0. */
export function categoriesOf(lines: string): { label: string; value: number }[] {
  const labels = lines.split("\n").map((line) => line.trim());
  return labels.filter((label) => label !== "").map((label, value) => ({ label, value }));
}

/** What is wrong, or undefined. */
export function checkDraft({ name, dataType, min, max, categories }: Draft): string | undefined {
  if (name.trim() === "") return "Enter a name.";
  if (dataType === "NUMERIC" && min !== null && max !== null && min >= max) return "From must be below To.";
  if (dataType === "CATEGORICAL") {
    const labels = categoriesOf(categories).map(({ label }) => label);
    if (labels.length === 0) return "Enter at least one category.";
    if (new Set(labels).size < labels.length) return "Two categories have the same name.";
  }
  return undefined;
}

export function toBody({
  name,
  dataType,
  min,
  max,
  categories,
  description,
}: Draft): Schema<"ScoreConfigIn"> {
  return {
    name: name.trim(),
    dataType,
    ...(description.trim() && { description: description.trim() }),
    ...(dataType === "NUMERIC" && min !== null && { minValue: min }),
    ...(dataType === "NUMERIC" && max !== null && { maxValue: max }),
    ...(dataType === "CATEGORICAL" && { categories: categoriesOf(categories) }),
  };
}
