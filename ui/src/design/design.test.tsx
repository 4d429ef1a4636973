import { act, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactElement, useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  Button,
  ConfirmDialog,
  copyText,
  ErrorState,
  FormCard,
  NumberField,
  Segmented,
  TextField,
  toast,
  ToastRegion,
  unsavedForms,
} from "./index";

afterEach(() => vi.unstubAllGlobals());

describe("a form card", () => {
  interface Values {
    name: string;
    days: number | null;
  }
  function Settings({
    stored,
    onSave,
  }: {
    stored: Values;
    onSave: (values: Values) => Promise<unknown>;
  }): ReactElement {
    return (
      <FormCard
        title="General"
        values={stored}
        onSave={onSave}
        validate={({ name }) => (name ? {} : { name: "Give it a name" }) as { name?: string }}
      >
        {({ values, set, errors }) => (
          <>
            <TextField
              label="Name"
              value={values.name}
              onChange={(name) => set("name", name)}
              error={errors.name}
            />
            <NumberField
              label="Days"
              value={values.days}
              onChange={(days) => set("days", days)}
              error={errors.days}
            />
          </>
        )}
      </FormCard>
    );
  }
  const stored = { name: "Shop", days: 30 };
  const name = (): HTMLInputElement => screen.getByLabelText("Name");
  const save = (): HTMLButtonElement => screen.getByRole("button", { name: "Save" });

  it("takes over what is stored until somebody types, and never after", async () => {
    const user = userEvent.setup();
    const { rerender } = render(<Settings stored={stored} onSave={async () => {}} />);
    rerender(<Settings stored={{ ...stored, name: "Store" }} onSave={async () => {}} />);
    expect(name().value).toBe("Store");
    expect(save().disabled).toBe(true);
    await user.type(name(), "s");
    expect(unsavedForms()).toEqual(["General"]);
    rerender(<Settings stored={{ ...stored, name: "Third" }} onSave={async () => {}} />);
    expect(name().value).toBe("Stores");
    await user.click(screen.getByRole("button", { name: "Reset" }));
    expect(name().value).toBe("Third");
    expect(unsavedForms()).toEqual([]);
  });
  it("checks, saves with Enter, and shows errors of the server at their fields", async () => {
    const user = userEvent.setup();
    const onSave = vi.fn(async ({ days }: Values) => {
      if (days === 3) throw Object.assign(new Error("Bad request"), { fields: { days: "At least 7" } });
      if (days === 9) throw new Error("The server failed.");
    });
    render(<Settings stored={stored} onSave={onSave} />);
    await user.clear(name());
    await user.keyboard("{Enter}");
    expect(await screen.findByText("Give it a name")).toBeTruthy();
    expect(onSave).not.toHaveBeenCalled();

    await user.type(name(), "Shop");
    const days = screen.getByLabelText("Days");
    await user.clear(days);
    await user.type(days, "3{Enter}");
    expect(await screen.findByText("At least 7")).toBeTruthy();
    expect(days.getAttribute("aria-invalid")).toBe("true");

    await user.clear(days);
    await user.type(days, "9{Enter}");
    expect((await screen.findByRole("alert")).textContent).toBe("The server failed.");
    await user.clear(days);
    await user.tab();
    await user.click(save());
    await waitFor(() => expect(onSave).toHaveBeenLastCalledWith({ name: "Shop", days: null }));
    await waitFor(() => expect(save().disabled).toBe(true));
  });
});

describe("a question before something is gone", () => {
  it("waits for the name, shows what fails, and closes when it is done", async () => {
    const user = userEvent.setup();
    const answers = [() => Promise.reject(new Error("Still in use")), () => Promise.resolve()];
    const onConfirm = vi.fn(() => answers.shift()!());
    function Page(): ReactElement {
      const [isOpen, setOpen] = useState(false);
      return (
        <>
          <Button onPress={() => setOpen(true)}>Delete</Button>
          <ConfirmDialog
            title="Delete?"
            isOpen={isOpen}
            onClose={() => setOpen(false)}
            onConfirm={onConfirm}
            confirmLabel="Delete project"
            typed="Shop"
          />
        </>
      );
    }
    render(<Page />);
    await user.click(screen.getByRole("button", { name: "Delete" }));
    const confirm = await screen.findByRole("button", { name: "Delete project" });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByLabelText(/Type .Shop. to confirm/)));
    await user.keyboard("Sho{Enter}");
    expect(onConfirm).not.toHaveBeenCalled();
    await user.keyboard("p");
    await user.click(confirm);
    expect((await screen.findByRole("alert")).textContent).toBe("Still in use");
    await user.click(confirm);
    await waitFor(() => expect(screen.queryByRole("alertdialog")).toBeNull());
    await waitFor(() => expect(document.activeElement).toBe(screen.getByRole("button", { name: "Delete" })));
  });
});

describe("toasts", () => {
  it("are three at most, do not repeat, and errors stay", () => {
    vi.useFakeTimers();
    render(<ToastRegion />);
    act(() => {
      for (const title of ["One", "Two", "Two", "Three"]) toast(title);
      toast({ title: "Broken", tone: "danger" });
    });
    const texts = (): (string | null)[] =>
      [...screen.getByRole("status").children].map(({ textContent }) => textContent);
    expect(texts()).toEqual(["Two", "Three", "Broken"]);
    act(() => void vi.advanceTimersByTime(5000));
    expect(texts()).toEqual(["Broken"]);
    vi.useRealTimers();
  });
});

describe("copying", () => {
  it("works where the browser has no clipboard for plain http", async () => {
    vi.stubGlobal("navigator", { ...navigator, clipboard: undefined });
    let copied = "";
    document.execCommand = vi.fn(() => {
      copied = (document.activeElement as HTMLTextAreaElement).value;
      return true;
    });
    expect(await copyText("sk-lf-1")).toBe(true);
    expect(copied).toBe("sk-lf-1");
    document.execCommand = () => false;
    expect(await copyText("x")).toBe(false);
  });
});

it("shows what failed, with the request's id, and offers to try again", async () => {
  const onRetry = vi.fn();
  render(<ErrorState error={{ status: 504, message: "Too slow", requestId: "r-1" }} onRetry={onRetry} />);
  expect(screen.getByRole("alert").textContent).toContain("Request r-1");
  expect(screen.getByRole("alert").textContent).toContain("narrow the time range");
  await userEvent.setup().click(screen.getByRole("button", { name: "Retry" }));
  expect(onRetry).toHaveBeenCalledOnce();
});

it("always has one segment on", async () => {
  const onChange = vi.fn();
  render(
    <Segmented
      label="Mode"
      value="tree"
      onChange={onChange}
      options={[
        { id: "tree", label: "Tree" },
        { id: "log", label: "Log" },
      ]}
    />,
  );
  const user = userEvent.setup();
  await user.click(screen.getByRole("radio", { name: "Tree" }));
  await user.click(screen.getByRole("radio", { name: "Log" }));
  expect(onChange.mock.calls.map(([id]) => id)).not.toContain(undefined);
  expect(onChange).toHaveBeenLastCalledWith("log");
});
