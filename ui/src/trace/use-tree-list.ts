// Rows of tree and timeline as the virtual list wants them: which is active, which to scroll to, how to find them again.
import { useCallback, useMemo } from "react";

import { onTreeKey } from "./keys";
import { useViewer } from "./viewer-state";

export function useTreeList() {
  const viewer = useViewer();
  const { model, rows, rowAt, activeRow, wish } = viewer;
  const keyAt = useCallback(
    (row: number) => (rows.more[row] ? undefined : model.rows[rows.node[row]!]?.id),
    [model, rows],
  );
  const rowOf = useCallback(
    (key: string) => {
      const node = model.indexOf.get(key);
      return node === undefined ? -1 : rowAt[node]!;
    },
    [model, rowAt],
  );
  const scroll = useMemo(() => {
    if (!wish) return null;
    const own = rowAt[wish.node] ?? -1;
    return { row: own === -1 ? activeRow : own, align: wish.align, token: wish };
  }, [wish, rowAt, activeRow]);
  return {
    count: rows.length,
    active: activeRow,
    wish: scroll,
    keyAt,
    rowOf,
    version: model,
    onKeyDown: (event: React.KeyboardEvent) => {
      if (onTreeKey(viewer, event)) event.stopPropagation();
    },
  };
}
