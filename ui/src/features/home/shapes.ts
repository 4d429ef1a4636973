// Answers -> what the lists of the home page show. Pure.
import { having, isMissing, numberOf, textOf, type Answer } from "@/kit/metrics";
import type { Term } from "@/kit/query-language";

export type ErrorKind = { name: string; count: number; rate: number | null; type: string };

/** Errors by kind, with their share of the observations of that type. */
export function errorKinds(errors: Answer, types: Answer): ErrorKind[] {
  const of = new Map(types.data.map((row) => [textOf(row, "type"), numberOf(row, "count_count")]));
  return errors.data
    .map((row): ErrorKind => {
      const count = numberOf(row, "count_count") ?? 0;
      const type = textOf(row, "type") ?? "";
      const all = of.get(type);
      return { name: textOf(row, "errorType") ?? "unknown", type, count, rate: all ? count / all : null };
    })
    .toSorted((one, two) => two.count - one.count || (one.name < two.name ? -1 : 1));
}

/** What messages of a kind have in common: they begin with its name, or hold the longest part of it that is not `#`
    (for numbers and ids), or are empty. */
export function messageOf(kind: string): Term[] {
  if (kind === "unknown") return [isMissing("status")];
  const parts = kind.split("#").map((part) => part.trim());
  const longest = parts.reduce((found, part) => (part.length > found.length ? part : found), "");
  if (!longest) return [];
  return [having("status", { kind: "glob", text: longest, before: parts.length > 1, after: true })];
}

export type ScoreRow = {
  name: string;
  count: number;
  average: number | null;
  categories: { value: string; count: number }[];
};

/** Scores by name: averages of numbers and booleans, the counts of categories. */
export function scoreRows(numbers: Answer, categories: Answer): ScoreRow[] {
  const found = new Map<string, ScoreRow>();
  const rowOf = (name: string) => {
    const row = found.get(name) ?? { name, count: 0, average: null, categories: [] };
    found.set(name, row);
    return row;
  };
  for (const row of numbers.data) {
    const made = rowOf(textOf(row, "name") ?? "");
    made.count += numberOf(row, "count_count") ?? 0;
    made.average = numberOf(row, "avg_value");
  }
  for (const row of categories.data) {
    const made = rowOf(textOf(row, "name") ?? "");
    const count = numberOf(row, "count_count") ?? 0;
    made.count += count;
    made.categories.push({ value: textOf(row, "stringValue") ?? "", count });
  }
  for (const row of found.values())
    row.categories = row.categories.toSorted((one, two) => two.count - one.count);
  return [...found.values()].toSorted((one, two) => two.count - one.count || (one.name < two.name ? -1 : 1));
}
