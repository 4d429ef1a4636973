import { act, render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState, type ReactElement } from "react";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { Column } from "./columns";
import { DataTable, type DataTableProps } from "./data-table";
import { NOTHING, type Selection } from "./selection";

type Row = { id: string; name: string };
const ROWS: Row[] = Array.from({ length: 1000 }, (_, index) => ({ id: `r${index}`, name: `name ${index}` }));
const COLUMNS: Column<Row>[] = [
  { id: "id", label: "Id", width: 100, sort: true, cell: (row) => row.id },
  {
    id: "name",
    label: "Name",
    width: 100,
    cell: (row) => row.name,
    condition: (row) => ({ field: { name: "name" }, value: { kind: "atom", text: row.name } }),
  },
];

beforeAll(() => {
  // jsdom has no layout: the scroller is 400 px high.
  Object.defineProperty(HTMLElement.prototype, "clientHeight", { configurable: true, value: 400 });
  Object.defineProperty(HTMLElement.prototype, "clientWidth", { configurable: true, value: 800 });
  Element.prototype.scrollTo = () => {};
});

function Table(props: Partial<DataTableProps<Row>>): ReactElement {
  const [selection, setSelection] = useState<Selection>(NOTHING);
  return (
    <DataTable
      label="Rows"
      columns={COLUMNS}
      pins={0}
      taste={{ widths: {}, pinned: [] }}
      rows={ROWS}
      rowId={(row) => row.id}
      rowName={(row) => row.name}
      height="default"
      sort="-id"
      onSort={() => {}}
      onWidth={() => {}}
      onMove={() => {}}
      selection={selection}
      onSelection={setSelection}
      {...props}
    />
  );
}

const ticked = () => screen.queryAllByRole("row", { selected: true }).map((row) => row.dataset.row);

describe("the menu of a row", () => {
  it("opens at the row under the cursor by key, and at its own button", async () => {
    const user = userEvent.setup();
    const onMenu = vi.fn();
    render(<Table onMenu={onMenu} busyIds={new Set(["r1"])} />);
    act(() => screen.getByRole("grid").focus());
    await user.keyboard("jm");
    const own = screen.getByRole("button", { name: "Actions for name 1" });
    expect(onMenu).toHaveBeenCalledExactlyOnceWith(ROWS[1], own);
    await user.click(screen.getByRole("button", { name: "Actions for name 2" }));
    expect(onMenu.mock.calls[1]![0]).toBe(ROWS[2]);
    expect(screen.getAllByRole("img", { name: "Still receiving spans" })).toHaveLength(1);
    expect(screen.getByRole("grid").getAttribute("aria-colcount")).toBe("4");
  });
});

describe("the grid", () => {
  it("mounts only what is visible, and says how many rows there are", () => {
    render(<Table />);
    const grid = screen.getByRole("grid", { name: "Rows" });
    expect(grid.getAttribute("aria-rowcount")).toBe("1001");
    const mounted = screen.getAllByRole("row").length;
    expect(mounted).toBeGreaterThan(10);
    expect(mounted).toBeLessThan(60);
    expect(screen.getByRole("columnheader", { name: /Id/ }).getAttribute("aria-sort")).toBe("descending");
  });

  it("is one tab stop with a cursor that the keyboard moves", async () => {
    const user = userEvent.setup();
    const onOpen = vi.fn();
    const onPage = vi.fn();
    render(<Table onOpen={onOpen} onPage={onPage} />);
    const grid = screen.getByRole("grid");
    act(() => grid.focus());
    expect(grid.getAttribute("aria-activedescendant")).toBe("r0/id");
    await user.keyboard("jj{ArrowRight}k");
    expect(grid.getAttribute("aria-activedescendant")).toBe("r1/name");
    expect(onOpen).not.toHaveBeenCalled();
    await user.keyboard("{Enter}e");
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(ROWS[1], "push");
    expect(onPage).toHaveBeenCalledExactlyOnceWith(ROWS[1]);
  });

  it("carries the open panel along, by replacing", async () => {
    const user = userEvent.setup();
    const onOpen = vi.fn();
    render(<Table onOpen={onOpen} openId="r0" />);
    act(() => screen.getByRole("grid").focus());
    await user.keyboard("j");
    expect(onOpen).toHaveBeenCalledExactlyOnceWith(ROWS[1], "replace");
  });

  it("ticks rows, ranges and all, and clears with Escape", async () => {
    const user = userEvent.setup();
    render(<Table bulk="Bulk" />);
    act(() => screen.getByRole("grid").focus());
    await user.keyboard("xjj{Shift>}x{/Shift}");
    expect(ticked()).toEqual(["r0", "r1", "r2"]);
    await user.keyboard("{Escape}");
    expect(ticked()).toEqual([]);
    await user.click(screen.getByRole("checkbox", { name: "Select all loaded rows" }));
    expect(ticked().length).toBeGreaterThan(5);
  });

  it("hands the cell to the filter", async () => {
    const user = userEvent.setup();
    const onCell = vi.fn();
    render(<Table onCell={onCell} />);
    act(() => screen.getByRole("grid").focus());
    await user.keyboard("{ArrowRight}f{Shift>}F{/Shift}");
    expect(onCell.mock.calls).toEqual([
      [ROWS[0], COLUMNS[1], "for"],
      [ROWS[0], COLUMNS[1], "out"],
    ]);
  });

  it("asks for more near the end, not while that is on its way", () => {
    const onMore = vi.fn();
    const { rerender } = render(<Table rows={ROWS.slice(0, 10)} hasMore onMore={onMore} />);
    expect(onMore).toHaveBeenCalled();
    onMore.mockClear();
    rerender(<Table rows={ROWS.slice(0, 10)} hasMore isLoadingMore onMore={onMore} />);
    expect(onMore).not.toHaveBeenCalled();
  });

  it("keeps the frame while loading and shows words when there is nothing", () => {
    const { rerender } = render(<Table rows={[]} isLoading />);
    expect(screen.getByRole("grid").getAttribute("aria-busy")).toBe("true");
    rerender(<Table rows={[]} instead={<p>Nothing here</p>} />);
    expect(screen.getByText("Nothing here")).toBeTruthy();
  });
});
