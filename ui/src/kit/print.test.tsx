import { act, render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { JsonView } from "./json-view";
import { Folded } from "./messages/parts/folded";

const print = (when: "beforeprint" | "afterprint") => act(() => void dispatchEvent(new Event(when)));

it("unfolds for paper, in the light theme, and folds again", () => {
  document.documentElement.setAttribute("data-theme", "dark");
  const text = Array.from({ length: 90 }, (_, line) => `line ${line}`).join("\n");
  const view = render(
    <Folded text={text} lines={6}>
      {(shown) => <pre>{shown}</pre>}
    </Folded>,
  );
  const fold = () => view.container.querySelector("pre")!.parentElement!.style.maxHeight;
  expect(fold()).toBe("6lh");
  print("beforeprint");
  expect(fold()).toBe("");
  expect(document.documentElement.getAttribute("data-theme")).toBe("light");
  print("afterprint");
  expect(fold()).toBe("6lh");
  expect(document.documentElement.getAttribute("data-theme")).toBe("dark");
});

it("draws every open row of a JSON", () => {
  render(<JsonView value={Array.from({ length: 78 }, (_, at) => at)} label="Numbers" />);
  const before = screen.queryAllByRole("treeitem").length;
  expect(before).toBeLessThan(79);
  print("beforeprint");
  expect(screen.getAllByRole("treeitem")).toHaveLength(79);
  print("afterprint");
  expect(screen.queryAllByRole("treeitem")).toHaveLength(before);
});
