import { describe, expect, it } from "vitest";
import { arrange, moveColumn, nextSort, parseSort, toggleColumn, type Column } from "./columns";
import { keepOnly, NOTHING, toggle, toggleAll, toggleTo } from "./selection";

const column = (id: string, hidden = false): Column<unknown> => ({
  id,
  label: id,
  width: 100,
  hidden,
  cell: () => null,
});
const COLUMNS = ["a", "b", "c", "d"].map((id) => column(id, id === "d"));
const ids = (columns: Column<unknown>[]) => columns.map(({ id }) => id);

describe("columns", () => {
  it("shows the default ones, or those of the address in their order", () => {
    expect(ids(arrange(COLUMNS, [], []).columns)).toEqual(["a", "b", "c"]);
    const { columns, unknown } = arrange(COLUMNS, ["d", "x", "a", "d"], []);
    expect(ids(columns)).toEqual(["d", "a"]);
    expect(unknown).toEqual(["x"]);
  });

  it("puts pinned columns first, and counts only visible pins", () => {
    const { columns, pins } = arrange(COLUMNS, ["a", "b", "c"], ["c", "d"]);
    expect(ids(columns)).toEqual(["c", "a", "b"]);
    expect(pins).toBe(1);
  });

  it("hides, brings back in place, never hides the last, moves", () => {
    const all = ["a", "b", "c", "d"];
    expect(toggleColumn(["a", "b"], "b", all)).toEqual(["a"]);
    expect(toggleColumn(["a", "c"], "b", all)).toEqual(["a", "b", "c"]);
    expect(toggleColumn(["b"], "a", all)).toEqual(["a", "b"]);
    expect(toggleColumn(["a"], "a", all)).toEqual(["a"]);
    expect(moveColumn(["a", "b", "c"], "a", 1)).toEqual(["b", "a", "c"]);
    expect(moveColumn(["a", "b", "c"], "a", "c")).toEqual(["b", "c", "a"]);
    expect(moveColumn(["a", "b", "c"], "c", "a")).toEqual(["c", "a", "b"]);
    expect(moveColumn(["a", "b"], "b", 1)).toEqual(["a", "b"]);
  });

  it("sorts by the interesting end first", () => {
    expect(nextSort("-time", "cost")).toBe("-cost");
    expect(nextSort("-cost", "cost")).toBe("cost");
    expect(nextSort("cost", "cost")).toBe("-cost");
    expect(parseSort("-cost")).toEqual({ field: "cost", descending: true });
  });
});

describe("selection", () => {
  const order = ["a", "b", "c", "d", "e"];
  const chosen = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort();

  it("extends from the last row, both ways, ticking or clearing", () => {
    const b = toggle(NOTHING, "b");
    expect(chosen(toggleTo(b, order, "d"))).toEqual(["b", "c", "d"]);
    expect(chosen(toggleTo(b, order, "a"))).toEqual(["a", "b"]);
    const cleared = toggle(toggleTo(b, order, "e"), "c");
    expect(chosen(toggleTo(cleared, order, "e"))).toEqual(["b"]);
    expect(chosen(toggleTo(NOTHING, order, "c"))).toEqual(["c"]);
  });

  it("takes all or none, and forgets what is gone", () => {
    const all = toggleAll(NOTHING, order);
    expect(chosen(all)).toEqual(order);
    expect(chosen(toggleAll(all, order))).toEqual([]);
    expect(chosen(keepOnly(all, ["a", "c"]))).toEqual(["a", "c"]);
    expect(keepOnly(all, order)).toBe(all);
  });
});
