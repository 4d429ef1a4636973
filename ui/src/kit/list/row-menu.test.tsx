import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { Trash2 } from "lucide-react";
import { expect, it, vi } from "vitest";
import { RowMenu } from "./row-menu";
import { textColumn } from "./cells";
import type { List } from "./use-list";

type Row = { id: string; name: string | null; user: string };
const COLUMNS = [
  textColumn<Row>("user", "User", (row) => row.user),
  textColumn<Row>("name", "Name", (row) => row.name),
];

function menu(row: Row) {
  const calls = { onCell: vi.fn(), onClose: vi.fn(), onPeek: vi.fn(), run: vi.fn() };
  const list = { allColumns: COLUMNS, rowId: ({ id }: Row) => id, onCell: calls.onCell };
  const anchor = document.body.appendChild(document.createElement("button"));
  render(
    <RowMenu<Row>
      list={list as unknown as List<Row>}
      at={{ row, anchor }}
      onClose={calls.onClose}
      onPeek={calls.onPeek}
      hrefOf={({ id }) => `/project/p/traces/${id}`}
      actions={() => [{ id: "delete", label: "Delete", icon: Trash2, tone: "danger", run: calls.run }]}
    />,
  );
  return calls;
}

it("offers what every list has, filters of what the row says, and the actions of its list", async () => {
  const user = userEvent.setup();
  const row = { id: "t1", name: null, user: "ada" };
  const calls = menu(row);
  expect(screen.getAllByRole("menuitem").map((item) => item.textContent)).toEqual([
    expect.stringContaining("Open beside the list"),
    expect.stringContaining("Open in a new tab"),
    expect.stringContaining("Copy id"),
    "Copy link",
    "User ada",
    "Delete",
  ]);
  await user.click(screen.getByRole("menuitem", { name: /User ada/ }));
  expect(calls.onCell).toHaveBeenCalledExactlyOnceWith(row, COLUMNS[0], "for");
  expect(calls.onClose).toHaveBeenCalled();
});

it("is worked by keys", async () => {
  const user = userEvent.setup();
  const calls = menu({ id: "t1", name: "checkout", user: "ada" });
  await user.keyboard("{ArrowUp}{Enter}");
  expect(calls.run).toHaveBeenCalledOnce();
  expect(calls.onPeek).not.toHaveBeenCalled();
});
