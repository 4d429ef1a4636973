// The traces before and after this one in the list that it was opened from. Kept for the tab, so that J and K still
// work after a reload.
const KEY = "spyglass.trace-list";
const MOST = 2_000;

interface List {
  project: string;
  ids: string[];
}

/** Called by a list when one of its traces is opened as a page. */
export function rememberTraceList(project: string, ids: readonly string[]): void {
  try {
    sessionStorage.setItem(KEY, JSON.stringify({ project, ids: ids.slice(0, MOST) } satisfies List));
  } catch {
    // Without storage there is no previous and no next.
  }
}

export interface Neighbours {
  previous: string | null;
  next: string | null;
  /** "3 of 50" */
  place: { at: number; of: number } | null;
}

export function traceNeighbours(project: string, traceId: string): Neighbours {
  const none: Neighbours = { previous: null, next: null, place: null };
  try {
    const list = JSON.parse(sessionStorage.getItem(KEY) ?? "null") as List | null;
    if (!list || list.project !== project || !Array.isArray(list.ids)) return none;
    const at = list.ids.indexOf(traceId);
    if (at < 0) return none;
    const place = { at: at + 1, of: list.ids.length };
    return { previous: list.ids[at - 1] ?? null, next: list.ids[at + 1] ?? null, place };
  } catch {
    return none;
  }
}
