// The tree in the page: keys, search, strings that hold JSON, and what is not JSON.
import { fireEvent, render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { JsonView } from ".";

vi.mock("@/api", () => ({ useMaybeProject: () => undefined, api: {} }));

// jsdom lays nothing out: without a height no row would be in view.
vi.spyOn(Element.prototype, "clientHeight", "get").mockReturnValue(600);
vi.spyOn(Element.prototype, "clientWidth", "get").mockReturnValue(600);

const rows = (): string[] => screen.getAllByRole("treeitem").map((row) => row.textContent ?? "");
const current = (): string | null => screen.getByRole("tree").getAttribute("aria-activedescendant");
const nameOfCurrent = (): string => document.getElementById(current() ?? "")?.textContent ?? "";

describe("JsonView", () => {
  it("shows numbers as they are written", () => {
    render(<JsonView text='{"id":12345678901234567890,"price":1.10}' label="Data" />);
    expect(rows()).toEqual(["2 keys", "id:12345678901234567890", "price:1.10"]);
  });

  it("is walked, opened and closed by keys, and says where one is", () => {
    render(<JsonView text='{"a":{"b":[1,2]},"c":3}' label="Data" />);
    const tree = screen.getByRole("tree", { name: "Data" });
    const press = (...keys: string[]): void => keys.forEach((key) => fireEvent.keyDown(tree, { key }));
    expect(nameOfCurrent()).toContain("2 keys");
    press("ArrowDown", "ArrowDown");
    expect(nameOfCurrent()).toContain("b:");
    press("ArrowLeft");
    expect(rows()).toHaveLength(4);
    press("ArrowRight");
    expect(rows()).toHaveLength(6);
    press("ArrowRight", "End");
    expect(nameOfCurrent()).toBe("c:3");
    expect(screen.getByText("$.c")).toBeTruthy();
    press("ArrowLeft");
    expect(nameOfCurrent()).toContain("2 keys");
    const item = screen.getAllByRole("treeitem")[2]!;
    expect([
      item.getAttribute("aria-level"),
      item.getAttribute("aria-setsize"),
      item.getAttribute("aria-expanded"),
    ]).toEqual(["3", "1", "true"]);
  });

  it("unwraps JSON in a string, and back", () => {
    render(<JsonView value={{ args: '{"city":"Oslo"}' }} label="Data" />);
    expect(rows()).toHaveLength(2);
    fireEvent.click(screen.getByRole("button", { name: /Show as JSON/ }));
    expect(rows()[2]).toContain('city:"Oslo"');
    fireEvent.click(screen.getByRole("button", { name: /Show as text/ }));
    expect(rows()).toHaveLength(2);
  });

  it("finds what is folded, opens the way to it and counts", async () => {
    const user = userEvent.setup();
    const list = Array.from({ length: 30 }, (_, index) => ({
      x: { name: `item ${index}`, list: [1, 2, 3, 4, 5] },
    }));
    render(<JsonView value={{ list }} label="Data" />);
    fireEvent.click(screen.getByRole("button", { name: "Collapse all" }));
    expect(rows()).toHaveLength(2);
    await user.type(screen.getByRole("searchbox", { name: "Find in JSON" }), "item 2");
    await screen.findByText("1 of 11");
    expect(await screen.findByText("$.list[2].x.name")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Next match" }));
    expect(await screen.findByText("$.list[20].x.name")).toBeTruthy();
  });

  it("pages long lists by 200", () => {
    render(<JsonView value={Array.from({ length: 450 }, (_, index) => index)} label="Data" />);
    const ranges = (): string[] => rows().filter((text) => text.includes("\u2013"));
    expect(ranges()[0]).toBe("0 \u2013 199");
    fireEvent.click(screen.getAllByRole("treeitem")[1]!);
    expect(ranges()).toEqual(["0 \u2013 199", "200 \u2013 399", "400 \u2013 449"]);
  });

  it("shows the beginning of a text that was cut off, and says so", () => {
    render(<JsonView text='{"a":1,"b":"ha' label="Data" />);
    expect(screen.getByText(/cut off/)).toBeTruthy();
    expect(rows()).toEqual(["2 keys", "a:1", 'b:"ha"']);
  });

  it("shows other text as it is", () => {
    render(<JsonView text={"[INFO] started\nline two"} label="Log" />);
    expect(screen.queryByRole("tree")).toBeNull();
    expect(screen.getByLabelText("Log").textContent).toBe("[INFO] started\nline two");
  });

  it("is a table of paths as well", async () => {
    localStorage.clear();
    render(<JsonView value={{ a: { b: [true, null] } }} label="Data" />);
    fireEvent.click(screen.getByRole("radio", { name: "Table" }));
    const table = await screen.findByRole("table", { name: "Data" });
    expect(
      within(table)
        .getAllByRole("row")
        .map((row) => row.textContent),
    ).toEqual(["a.b[0]true", "a.b[1]null"]);
    localStorage.clear();
  });

  it("makes nothing of hostile keys and values but text", () => {
    const { container } = render(
      <JsonView
        value={{ "<img src=x onerror=alert(1)>": "<script>alert(1)</script>", url: "javascript:alert(1)" }}
        label="Data"
      />,
    );
    expect(container.querySelector("img, script, a")).toBeNull();
  });
});
