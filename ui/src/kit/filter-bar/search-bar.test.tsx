import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fieldSet, type Field } from "../query-language";
import { piecesOf } from "./coloured";
import { SearchBar } from "./search-bar";

const field = (name: string, type: Field["type"]): Field => ({
  name,
  type,
  label: name,
  filter: true,
  sort: true,
  show: true,
});
const FIELDS = fieldSet([field("level", "option"), field("latency", "duration"), field("name", "string")]);

let asked: unknown[] = [];
beforeEach(() => {
  asked = [];
  localStorage.clear();
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(await request.json());
    return Response.json({
      values: [
        { value: "ERROR", count: 12 },
        { value: "WARNING", count: 3 },
      ],
    });
  });
});
afterEach(() => vi.unstubAllGlobals());

function bar(q = "") {
  const onSubmit = vi.fn();
  const element = (text: string) => (
    <QueryClientProvider client={new QueryClient()}>
      <SearchBar
        project="p"
        entity="traces"
        fields={FIELDS}
        scope={{ from: "2026-11-01T00:00:00.000Z" }}
        q={text}
        onSubmit={onSubmit}
      />
    </QueryClientProvider>
  );
  const view = render(element(q));
  return {
    onSubmit,
    input: screen.getByRole<HTMLInputElement>("combobox"),
    show: (text: string) => view.rerender(element(text)),
  };
}

describe("the search bar", () => {
  it("completes a field and a value with Tab, and submits with Enter", async () => {
    const user = userEvent.setup();
    const { input, onSubmit } = bar();
    await user.click(input);
    await user.keyboard("lev{Tab}");
    expect(input.value).toBe("level:");
    await screen.findByText("12");
    expect(asked).toContainEqual({ from: "2026-11-01T00:00:00.000Z", field: "level", prefix: "", limit: 20 });
    await user.keyboard("{ArrowDown}{ArrowDown}{Tab}latency:>2s{Enter}");
    expect(onSubmit).toHaveBeenCalledExactlyOnceWith("level:WARNING latency:>2s");
  });

  it("lets Tab go on when nothing was begun", async () => {
    const user = userEvent.setup();
    const { input } = bar("level:ERROR");
    await user.click(input);
    await user.tab();
    expect(document.activeElement).not.toBe(input);
    expect(input.value).toBe("level:ERROR");
    await user.click(input);
    await user.keyboard("{End} lev{Tab}");
    expect(input.value).toBe("level:ERROR level:");
  });

  it("keeps a wrong query, names the fault, and does not submit", async () => {
    const user = userEvent.setup();
    const { input, onSubmit } = bar();
    await user.click(input);
    await user.keyboard("nosuch:1{Enter}");
    expect(onSubmit).not.toHaveBeenCalled();
    expect(screen.getByRole("alert").textContent).toContain('There is no field "nosuch"');
    expect(input.getAttribute("aria-invalid")).toBe("true");
    await user.keyboard("{Escape}{Escape}");
    expect(input.value).toBe("");
  });

  it("takes over a query that another editor made", async () => {
    const { input, show } = bar("level:ERROR");
    expect(input.value).toBe("level:ERROR");
    show("level:ERROR -name:a");
    await waitFor(() => expect(input.value).toBe("level:ERROR -name:a"));
  });

  it("offers recent queries while empty", async () => {
    const user = userEvent.setup();
    const { input } = bar();
    await user.click(input);
    await user.keyboard("refund{Enter}");
    await user.clear(input);
    expect((await screen.findAllByRole("option"))[0]!.textContent).toContain("refund");
  });
});

it("cuts the text into pieces without losing a sign", () => {
  const pieces = piecesOf(
    "a level:x",
    [
      { kind: "text", from: 0, to: 1 },
      { kind: "field", from: 2, to: 7 },
    ],
    [{ from: 2, to: 9, message: "" }],
  );
  expect(pieces.map(({ text }) => text).join("")).toBe("a level:x");
  expect(pieces.find(({ text }) => text === "level")).toEqual({
    text: "level",
    kind: "field",
    isWrong: true,
  });
});
