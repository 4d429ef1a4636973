// Which rows are ticked, by id, so that it survives every refetch. Pure.

export type Selection = { ids: ReadonlySet<string>; anchor: string | null };
export const NOTHING: Selection = { ids: new Set(), anchor: null };

export function toggle({ ids }: Selection, id: string): Selection {
  const next = new Set(ids);
  if (!next.delete(id)) next.add(id);
  return { ids: next, anchor: id };
}

/** Everything between the last ticked row and this one gets what this one gets. */
export function toggleTo(selection: Selection, order: readonly string[], id: string): Selection {
  const from = selection.anchor === null ? -1 : order.indexOf(selection.anchor);
  const to = order.indexOf(id);
  if (from < 0 || to < 0) return toggle(selection, id);
  const next = new Set(selection.ids);
  const isOn = selection.ids.has(selection.anchor!);
  for (const between of order.slice(Math.min(from, to), Math.max(from, to) + 1)) {
    if (isOn) next.add(between);
    else next.delete(between);
  }
  return { ids: next, anchor: id };
}

export function toggleAll({ ids }: Selection, order: readonly string[]): Selection {
  const isAll = order.length > 0 && order.every((id) => ids.has(id));
  return { ids: new Set(isAll ? [] : order), anchor: null };
}

/** Forgets rows that are not loaded any more. */
export function keepOnly(selection: Selection, order: readonly string[]): Selection {
  const known = new Set(order);
  if ([...selection.ids].every((id) => known.has(id))) return selection;
  return { ids: new Set([...selection.ids].filter((id) => known.has(id))), anchor: selection.anchor };
}
