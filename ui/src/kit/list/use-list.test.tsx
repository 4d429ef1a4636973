import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { beforeEach, expect, it, vi } from "vitest";
import { renderAt } from "../../../tests/render";
import { textColumn } from "./cells";
import { useList } from "./use-list";

type Row = { id: string; name: string };
const COLUMNS = [textColumn<Row>("name", "Name", ({ name }) => name)];
const NAME = { name: "name", type: "string", label: "Name", filter: true, sort: true, show: true };
let isAway = false;

beforeEach(() => {
  isAway = false;
  vi.stubGlobal("fetch", async (request: Request) => {
    if (new URL(request.url).pathname.endsWith("/fields")) return Response.json({ traces: [NAME] });
    if (isAway) return Response.json({ message: "Away." }, { status: 500 });
    const body = (await request.json()) as { filter?: unknown };
    const name = body.filter ? "filtered" : "first";
    return Response.json({ rows: [{ id: name, name }], cursor: null, asOf: "", ms: 1 });
  });
});

function Page(): ReactElement {
  const list = useList<Row>({ project: "p1", entity: "traces", columns: COLUMNS, rowId: ({ id }) => id });
  return (
    <>
      <output>{list.rows.map(({ name }) => name).join()}</output>
      <p>{`list: ${list.error?.message ?? "fine"}`}</p>
      <button onClick={list.refresh}>again</button>
      <button onClick={() => list.set({ q: "name:x" })}>filter</button>
    </>
  );
}

it("keeps the rows that it has when they cannot be read again", async () => {
  const user = userEvent.setup();
  await renderAt(<Page />, { at: "/project/p1/traces" });
  expect(await screen.findByText("first")).toBeTruthy();
  isAway = true;
  await user.click(screen.getByText("again"));
  expect(await screen.findByText("The list could not be read again")).toBeTruthy();
  expect(document.querySelector("output")!.textContent).toBe("first");
  expect(screen.getByText("list: fine")).toBeTruthy();
  // Of another question nothing is known.
  await user.click(screen.getByText("filter"));
  expect(await screen.findByText("list: Away.")).toBeTruthy();
  expect(document.querySelector("output")!.textContent).toBe("");
  isAway = false;
  await user.click(screen.getByText("again"));
  expect(await screen.findByText("filtered")).toBeTruthy();
});
