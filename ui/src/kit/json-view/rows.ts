// The rows of the tree: only what is open has any. Pure; the state is the set of open ids.
import { JsonDocument } from "./document";
import { isContainer, type Kind, readString } from "./text";

export const PAGE = 200;
/** Rows that are open at first. */
export const FIRST_ROWS = 80;
/** Containers larger than this are not opened unasked. */
const CHEAP = 256_000;

export interface Row {
  id: string;
  type: "value" | "range" | "loading";
  depth: number;
  document: JsonDocument;
  parent?: Row;
  /** Key, or index in a list; undefined at the root and for ranges. */
  name?: string | number;
  start: number;
  end: number;
  kind: Kind;
  isOpen: boolean;
  /** Place among its siblings, from 1, and their number. */
  place: number;
  siblings: number;
  /** Members of a container, if they are counted. */
  count?: number;
  from?: number;
  to?: number;
  /** A string that is shown as the JSON it holds. */
  isUnwrapped?: boolean;
}

export interface TreeState {
  open: ReadonlySet<string>;
  /** Strings that are shown as JSON: id -> the document in it. */
  unwrapped: ReadonlyMap<string, JsonDocument>;
}

export function rootRow(document: JsonDocument, state: TreeState): Row {
  const { start, end, kind } = document.root;
  return {
    id: "0",
    type: "value",
    depth: 0,
    document,
    start,
    end,
    kind,
    isOpen: state.open.has("0") && isContainer(kind),
    place: 1,
    siblings: 1,
    count: countOf(document, start, end, kind),
  };
}

const countOf = (document: JsonDocument, start: number, end: number, kind: Kind): number | undefined =>
  isContainer(kind) && end - start < CHEAP ? document.members({ start, end })?.count : undefined;

/** All rows in order. In a loop: the depth is the sender's choice. */
export function buildRows(document: JsonDocument, state: TreeState): Row[] {
  const rows: Row[] = [];
  const stack: Row[] = [rootRow(document, state)];
  while (stack.length > 0) {
    const row = stack.pop() as Row;
    rows.push(row);
    if (!row.isOpen) continue;
    const below = childrenOf(row, state);
    for (let at = below.length - 1; at >= 0; at -= 1) stack.push(below[at] as Row);
  }
  return rows;
}

/** What stands below an open row: members, or ranges of them. */
export function childrenOf(row: Row, state: TreeState): Row[] {
  const inner = row.isUnwrapped ? state.unwrapped.get(row.id) : undefined;
  const document = inner ?? row.document;
  const span = inner ? inner.root : holderOf(row);
  const members = document.members(span);
  if (!members)
    return [
      { ...row, id: `${row.id}.loading`, type: "loading", depth: row.depth + 1, parent: row, isOpen: false },
    ];
  const from = row.from ?? 0;
  const to = row.to ?? members.count;
  const steps = stepsOf(from, to);
  if (steps) return steps.map((range, index) => rangeRow(row, range, index, steps.length, state));
  const rows: Row[] = [];
  for (let index = from; index < to; index += 1) {
    rows.push(memberRow(row, document, members, index, state));
  }
  return rows;
}

function holderOf(row: Row): { start: number; end: number } {
  let found = row;
  while (found.type === "range" && found.parent) found = found.parent;
  return found.isUnwrapped ? { start: 0, end: 0 } : found;
}

function memberRow(
  row: Row,
  document: JsonDocument,
  members: NonNullable<ReturnType<JsonDocument["members"]>>,
  index: number,
  state: TreeState,
): Row {
  const { key, start, end, kind } = document.member(members, index);
  const prefix = document === row.document ? "" : `${row.id}/`;
  const id = prefix === "" ? siblingId(row, start) : `${prefix}${start}`;
  const isUnwrapped = state.unwrapped.has(id);
  return {
    id,
    type: "value",
    depth: row.depth + 1,
    document,
    parent: row,
    name: key ?? index,
    start,
    end,
    kind,
    isOpen: state.open.has(id) && (isContainer(kind) || isUnwrapped),
    isUnwrapped: isUnwrapped || undefined,
    place: index + 1,
    siblings: members.count,
    count: countOf(document, start, end, kind),
  };
}

/** Positions are unique within a document; the id keeps the way through unwrapped strings before it. */
const siblingId = (row: Row, start: number): string => {
  const slash = row.id.lastIndexOf("/");
  return slash < 0 ? String(start) : `${row.id.slice(0, slash + 1)}${start}`;
};

function rangeRow(
  row: Row,
  [from, to]: [number, number],
  index: number,
  siblings: number,
  state: TreeState,
): Row {
  const base = row.type === "range" ? row.id.replace(/\[[^\]]*\]$/, "") : row.id;
  const id = rangeId(base, from, to);
  return {
    ...row,
    id,
    type: "range",
    depth: row.depth + 1,
    parent: row,
    name: undefined,
    isOpen: state.open.has(id),
    place: index + 1,
    siblings,
    from,
    to,
  };
}

export const rangeId = (id: string, from: number, to: number): string => `${id}[${from}-${to}]`;

/** The ranges that so many members are divided into; null if they fit on one page. */
export function stepsOf(from: number, to: number): [number, number][] | null {
  const count = to - from;
  if (count <= PAGE) return null;
  let size = PAGE;
  while (size * PAGE < count) size *= PAGE;
  const steps: [number, number][] = [];
  for (let at = from; at < to; at += size) steps.push([at, Math.min(at + size, to)]);
  return steps;
}

/** The ids of the ranges that must be open so that member `index` is seen. */
export function rangesTo(id: string, count: number, index: number): string[] {
  const ids: string[] = [];
  let [from, to] = [0, count];
  for (let steps = stepsOf(from, to); steps; steps = stepsOf(from, to)) {
    const step = steps.find(([first, last]) => index >= first && index < last);
    if (!step) break;
    [from, to] = step;
    ids.push(rangeId(id, from, to));
  }
  return ids;
}

/** What is open at first: level by level, as long as there are few rows. */
export function firstOpen(document: JsonDocument, budget = FIRST_ROWS): Set<string> {
  const open = new Set<string>();
  const state: TreeState = { open, unwrapped: new Map() };
  let level = [rootRow(document, state)];
  let rows = 1;
  while (level.length > 0) {
    const next: Row[] = [];
    for (const row of level) {
      const isRoot = row.depth === 0;
      if (!isContainer(row.kind) || (!isRoot && (row.count === undefined || row.count + rows > budget)))
        continue;
      open.add(row.id);
      const count = document.members(row)?.count ?? 0;
      for (const id of rangesTo(row.id, count, 0)) open.add(id);
      const below = childrenOf({ ...row, isOpen: true }, state);
      rows += below.length;
      if (below[0]?.type === "value") next.push(...below);
    }
    level = next;
  }
  return open;
}

/** Opens a row with all that is below it, up to so many rows. */
export function openBelow(row: Row, state: TreeState, budget = 5_000): Set<string> {
  const open = new Set(state.open);
  const queue = [row];
  let rows = 0;
  for (let at = 0; at < queue.length && rows < budget; at += 1) {
    const item = queue[at] as Row;
    if (item.type === "value" && !isContainer(item.kind) && !item.isUnwrapped) continue;
    open.add(item.id);
    const below = childrenOf({ ...item, isOpen: true }, state);
    rows += below.length;
    queue.push(...below.filter((child) => child.type !== "loading"));
  }
  return open;
}

const SIMPLE = /^[A-Za-z_$][\w$]*$/;

/** `$.choices[0]["x y"]`. */
export function pathOf(row: Row): string {
  const steps: string[] = [];
  for (let at: Row | undefined = row; at; at = at.parent) {
    if (at.type !== "value" || at.name === undefined) continue;
    if (typeof at.name === "number") steps.push(`[${at.name}]`);
    else steps.push(SIMPLE.test(at.name) ? `.${at.name}` : `[${JSON.stringify(at.name)}]`);
  }
  return `$${steps.reverse().join("")}`;
}

/** What copying gives: the text of a string, else the JSON as it is written. */
export function valueText(row: Row): string {
  const { text } = row.document;
  return row.kind === "string" ? readString(text, row).text : text.slice(row.start, row.end);
}
