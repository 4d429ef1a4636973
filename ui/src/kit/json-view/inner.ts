// JSON inside of a string: arguments of a tool, a body that was written out.
import { JsonDocument, shapeOf } from "./document";
import type { Row } from "./rows";
import { readString } from "./text";

const MAX_INNER = 5_000_000;

/** Whether it is worth offering. Looks at the first signs only. */
export function mayHoldJson(row: Row): boolean {
  if (row.kind !== "string" || row.end - row.start > MAX_INNER || row.end - row.start < 6) return false;
  const { text } = row.document;
  return (
    /^"(?:\s|\\[nrt])*[[{]/.test(text.slice(row.start, row.start + 40)) &&
    /[\]}](?:\s|\\[nrt])*"$/.test(text.slice(Math.max(row.start, row.end - 40), row.end))
  );
}

export function decodeInner(row: Row): JsonDocument | undefined {
  const { text } = readString(row.document.text, row);
  return shapeOf(text) === "json" ? new JsonDocument(text) : undefined;
}
