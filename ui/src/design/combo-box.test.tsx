import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactElement, useState } from "react";
import { expect, test, vi } from "vitest";
import { Button, ComboBox, Popover } from "./index";

Element.prototype.scrollIntoView ??= () => {};
const OPTIONS = ["gpt-4o", "gpt-4o-mini", "claude"].map((id) => ({ id, label: id }));

interface FieldProps {
  onChange?: (value: string | null) => void;
  options?: typeof OPTIONS;
}

function Field({ onChange, options = OPTIONS }: FieldProps): ReactElement {
  const [value, setValue] = useState<string | null>(null);
  const set = (next: string | null): void => {
    setValue(next);
    onChange?.(next);
  };
  return <ComboBox label="Model" options={options} value={value} onChange={set} />;
}

const shown = (): (string | null)[] => screen.queryAllByRole("option").map(({ textContent }) => textContent);

test("suggestions narrow while typing, and the keyboard chooses one", async () => {
  const changed = vi.fn();
  const user = userEvent.setup({ delay: null });
  render(<Field onChange={changed} />);
  const field = screen.getByRole<HTMLInputElement>("combobox", { name: "Model" });
  expect([field.getAttribute("aria-expanded"), shown()]).toEqual(["false", []]);
  await user.type(field, "GPT");
  expect([field.getAttribute("aria-expanded"), shown()]).toEqual(["true", ["gpt-4o", "gpt-4o-mini"]]);
  await user.keyboard("{ArrowDown}{ArrowDown}");
  const active = document.getElementById(field.getAttribute("aria-activedescendant")!);
  expect(active?.textContent).toBe("gpt-4o-mini");
  await user.keyboard("{ArrowDown}{Enter}");
  expect([field.value, shown()]).toEqual(["gpt-4o", []]);
  expect(changed).toHaveBeenLastCalledWith("gpt-4o");
  // Once more: all of them, with the chosen one marked.
  await user.keyboard("{ArrowUp}");
  expect(shown()).toEqual(["gpt-4o", "gpt-4o-mini", "claude"]);
  expect(screen.getByRole("option", { selected: true }).textContent).toBe("gpt-4o");
});

test("what begins with the text comes first", async () => {
  const user = userEvent.setup({ delay: null });
  const options = ["ft:gpt", "a gpt", "gpt"].map((id) => ({ id, label: id }));
  render(<Field options={options} />);
  await user.type(screen.getByRole("combobox", { name: "Model" }), "gpt");
  expect(shown()).toEqual(["gpt", "ft:gpt", "a gpt"]);
});

test("a text outside of the list stays, and an empty field is none", async () => {
  const changed = vi.fn();
  const user = userEvent.setup({ delay: null });
  render(<Field onChange={changed} />);
  const field = screen.getByRole<HTMLInputElement>("combobox", { name: "Model" });
  await user.type(field, "mine{Enter}");
  expect([changed.mock.lastCall, shown()]).toEqual([["mine"], []]);
  await user.clear(field);
  expect(changed).toHaveBeenLastCalledWith(null);
  expect(shown()).toHaveLength(3);
  await user.tab();
  expect(shown()).toEqual([]);
});

test("the mouse chooses, and Escape closes the list alone", async () => {
  const outside = vi.fn();
  const user = userEvent.setup({ delay: null });
  render(
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div onKeyDown={outside}>
      <Field />
    </div>,
  );
  const field = screen.getByRole<HTMLInputElement>("combobox", { name: "Model" });
  await user.click(field);
  await user.keyboard("{Escape}");
  expect(shown()).toEqual([]);
  expect(outside).not.toHaveBeenCalled();
  await user.keyboard("{ArrowDown}");
  await user.click(screen.getByRole("option", { name: "claude" }));
  expect([field.value, document.activeElement]).toEqual(["claude", field]);
});

test("a popover is one dialog by its name, and everything in it lies inside", async () => {
  const user = userEvent.setup({ delay: null });
  render(
    <Popover label="Where this cost comes from" trigger={<Button>$1</Button>}>
      {({ close }) => <Button onPress={close}>Done</Button>}
    </Popover>,
  );
  await user.click(screen.getByRole("button", { name: "$1" }));
  const dialog = screen.getByRole("dialog", { name: "Where this cost comes from" });
  for (const button of screen.getAllByRole("button")) expect(dialog.contains(button)).toBe(true);
  await user.click(screen.getByRole("button", { name: "Done" }));
  expect(screen.queryByRole("dialog")).toBeNull();
  await user.click(screen.getByRole("button", { name: "$1" }));
  await user.keyboard("{Escape}");
  expect(screen.queryByRole("dialog")).toBeNull();
});
