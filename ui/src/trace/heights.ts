// Where the rows of a list stand when some few are taller than the others. Pure.

export interface Heights {
  /** Pixels of all rows together. */
  total: number;
  topOf: (row: number) => number;
  heightOf: (row: number) => number;
  /** The row at this height from the top; the last one below the end. */
  rowAt: (y: number) => number;
  isTall: (row: number) => boolean;
}

export interface Tall {
  row: number;
  /** Pixels beyond a row's usual height. */
  more: number;
}

/** `tall`: in any order, each row once. O(tall) to make, O(log tall) to ask. */
export function heightsOf(count: number, rowHeight: number, tall: readonly Tall[] = []): Heights {
  const rows = tall.filter(({ row }) => row >= 0 && row < count).toSorted((a, b) => a.row - b.row);
  // What the tall rows before each of them add, and before the end.
  const added = [0];
  for (const { more } of rows) added.push(added.at(-1)! + more);
  /** Tall rows before this one. */
  const before = (row: number): number => {
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (rows[middle]!.row < row) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const topOf = (row: number) => row * rowHeight + added[before(row)]!;
  const tallAt = (row: number) => {
    const found = rows[before(row)];
    return found?.row === row ? found : undefined;
  };
  return {
    total: count * rowHeight + added.at(-1)!,
    topOf,
    heightOf: (row) => rowHeight + (tallAt(row)?.more ?? 0),
    isTall: (row) => tallAt(row) !== undefined,
    rowAt: (y) => {
      let [low, high] = [0, Math.max(0, count - 1)];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (topOf(middle) <= y) low = middle;
        else high = middle - 1;
      }
      return low;
    },
  };
}
