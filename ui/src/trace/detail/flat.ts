// Nested metadata as a flat list of paths and printed values.
export interface FlatEntry {
  path: string;
  /** Key of the first level. */
  top: string;
  value: string;
}

const MOST = 2_000;
const DEPTH = 6;

const isOpen = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length > 0;

export function flatten(metadata: Record<string, unknown>): FlatEntry[] {
  const entries: FlatEntry[] = [];
  const walk = (prefix: string, top: string, value: unknown, depth: number) => {
    if (entries.length >= MOST) return;
    if (isOpen(value) && depth < DEPTH) {
      for (const [key, inner] of Object.entries(value))
        walk(prefix ? `${prefix}.${key}` : key, top || key, inner, depth + 1);
    } else entries.push({ path: prefix, top, value: print(value) });
  };
  walk("", "", metadata, 0);
  return entries.filter(({ path }) => path !== "");
}

function print(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
