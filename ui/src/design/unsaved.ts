// Which forms hold changes that are not saved. The shell asks before somebody leaves them.
const open = new Map<symbol, string>();

/** Says that a form of this title has changes; gives back a function that takes it back. */
export function markUnsaved(title: string): () => void {
  const mark = Symbol(title);
  open.set(mark, title);
  return () => {
    open.delete(mark);
  };
}

/** Titles of all forms with changes. */
export function unsavedForms(): string[] {
  return [...new Set(open.values())];
}
