// The key/value table: every scalar with its path, in the order of the text.
import { JsonDocument } from "./document";
import { pathOf, type Row, rootRow, type TreeState } from "./rows";
import { isContainer } from "./text";

export const MAX_LINES = 2_000;

export interface Line {
  path: string;
  row: Row;
}

/** The first MAX_LINES scalars (and empty containers); `isCut` if there are more, or parts were not scanned yet. */
export function flatten(document: JsonDocument): { lines: Line[]; isCut: boolean } {
  const state: TreeState = { open: new Set(), unwrapped: new Map() };
  const lines: Line[] = [];
  const stack: Row[] = [rootRow(document, state)];
  while (stack.length > 0) {
    const row = stack.pop() as Row;
    const members = isContainer(row.kind) ? document.members(row) : undefined;
    if (isContainer(row.kind) && !members) return { lines, isCut: true };
    if (!members || members.count === 0) {
      if (lines.length >= MAX_LINES) return { lines, isCut: true };
      lines.push({ path: pathOf(row).replace(/^\$\.?/, "") || "$", row });
      continue;
    }
    const last = Math.min(members.count, MAX_LINES + 1);
    for (let index = last - 1; index >= 0; index -= 1) {
      const { key, start, end, kind } = document.member(members, index);
      stack.push({
        ...row,
        id: String(start),
        depth: row.depth + 1,
        parent: row,
        name: key ?? index,
        start,
        end,
        kind,
        count: undefined,
      });
    }
  }
  return { lines, isCut: false };
}
