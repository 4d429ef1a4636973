// Queries and fields that this browser used lately, per kind of row.
import { readLocal, writeLocal } from "../local-store";

function remember(key: string, text: string, most: number): void {
  const known = readLocal<string[]>(key, []).filter((other) => other !== text);
  writeLocal(key, [text, ...known].slice(0, most));
}

export const recentQueries = (scope: string): string[] => readLocal<string[]>(`queries.${scope}`, []);
export const rememberQuery = (scope: string, q: string): void => remember(`queries.${scope}`, q, 8);
export const recentFields = (scope: string): string[] => readLocal<string[]>(`fields.${scope}`, []);
export const rememberField = (scope: string, field: string): void => remember(`fields.${scope}`, field, 12);
