// What a change changed: one line for each field that differs, with signs and not by colour alone.
import type { ReactElement } from "react";

export interface Change {
  path: string;
  before?: string;
  after?: string;
}

const MOST = 200;

function flatten(value: unknown, path: string, into: Map<string, string>): void {
  if (value !== null && typeof value === "object" && into.size < MOST) {
    const entries = Object.entries(value);
    if (entries.length > 0) {
      for (const [name, item] of entries) flatten(item, path ? `${path}.${name}` : name, into);
      return;
    }
  }
  if (value !== undefined) into.set(path, typeof value === "string" ? value : JSON.stringify(value));
}

/** The fields that differ between two records, in the order of the first. */
export function diffRecords(before: unknown, after: unknown): Change[] {
  const [old, new_] = [new Map<string, string>(), new Map<string, string>()];
  flatten(before ?? undefined, "", old);
  flatten(after ?? undefined, "", new_);
  return [...new Set([...old.keys(), ...new_.keys()])]
    .filter((path) => old.get(path) !== new_.get(path))
    .map((path) => ({ path, before: old.get(path), after: new_.get(path) }));
}

export function Changes({ before, after }: { before: unknown; after: unknown }): ReactElement {
  const changes = diffRecords(before, after);
  if (changes.length === 0) return <p className="text-2">The entry does not say what was before or after.</p>;
  return (
    <dl className="flex flex-col gap-2">
      {changes.map(({ path, before: old, after: new_ }) => (
        <div key={path}>
          <dt className="mono text-table text-3">{path || "value"}</dt>
          {old !== undefined && (
            <dd className="mono text-table break-words whitespace-pre-wrap text-danger">
              <span className="sr-only">before: </span>− {old}
            </dd>
          )}
          {new_ !== undefined && (
            <dd className="mono text-table break-words whitespace-pre-wrap text-ok">
              <span className="sr-only">after: </span>+ {new_}
            </dd>
          )}
        </div>
      ))}
    </dl>
  );
}
