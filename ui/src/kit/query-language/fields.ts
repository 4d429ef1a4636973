// What the server says about each field of a table (GET .../fields). The language itself knows no field.
import type { FieldRef } from "./ast";

export type FieldType =
  | "string"
  | "option"
  | "array"
  | "number"
  | "duration"
  | "money"
  | "datetime"
  | "boolean"
  | "text"
  | "map"
  | "score"
  | "has";

export type Field = {
  name: string;
  type: FieldType;
  label: string;
  help?: string | null;
  filter: boolean;
  sort: boolean;
  facet?: "options" | "range" | "keys" | null;
  show: boolean;
  indexed?: boolean;
  /** Its only values, where they are fixed. */
  options?: string[] | null;
  unit?: string | null;
};

export type FieldSet = { list: Field[]; find: (ref: FieldRef) => Field | undefined };

export function fieldSet(list: Field[]): FieldSet {
  const byName = new Map(list.map((field) => [field.name, field]));
  return {
    list,
    find: ({ name, key }) => {
      const field = byName.get(name);
      const isKeyed = field?.type === "map" || field?.type === "score";
      return field && field.filter && isKeyed === (key !== undefined) ? field : undefined;
    },
  };
}

export function isNumeric(type: FieldType): boolean {
  return type === "number" || type === "duration" || type === "money";
}
