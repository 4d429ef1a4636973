import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { type ReactElement, useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { normalize } from "./keys";
import { addCommand, commandList, installShortcuts, setBareKeys, useCommand, useCommands } from "./registry";

let stop: () => void = () => {};
const added: (() => void)[] = [];
const add = (shortcut: string, run = vi.fn(), more: object = {}): typeof run => {
  added.push(addCommand({ id: shortcut, title: shortcut, shortcut, run, ...more }));
  return run;
};

beforeEach(() => {
  stop = installShortcuts();
});
afterEach(() => {
  stop();
  for (const remove of added.splice(0)) remove();
  setBareKeys(true);
  document.body.replaceChildren();
});

describe("names of keys", () => {
  it("are the same however they are written", () => {
    expect(normalize("Mod+K")).toBe("mod+k");
    expect(normalize("J")).toBe("shift+j");
    expect(normalize("shift+x")).toBe("shift+x");
    expect(normalize("shift+?")).toBe("?");
    expect(normalize("+")).toBe("+");
    expect(normalize("mod++")).toBe("mod++");
    expect(normalize("shift+ArrowLeft")).toBe("shift+arrowleft");
  });
});

describe("the keyboard", () => {
  it("runs single keys, shifted keys, chords and sequences", async () => {
    const [j, shiftJ, palette, sheet, traces] = [add("j"), add("J"), add("mod+K"), add("?"), add("g t")];
    const user = userEvent.setup();
    await user.keyboard("j{Shift>}J{/Shift}{Control>}k{/Control}{Shift>}?{/Shift}gt");
    for (const run of [j, shiftJ, palette, sheet, traces]) expect(run).toHaveBeenCalledOnce();
  });
  it("lets the second key count for itself when the sequence is unknown", async () => {
    const [traces, x, t] = [add("g t"), add("x"), add("t")];
    await userEvent.setup().keyboard("gxt");
    expect(traces).not.toHaveBeenCalled();
    expect(x).toHaveBeenCalledOnce();
    expect(t).toHaveBeenCalledOnce();
  });
  it("leaves typing alone, except for chords and Escape", async () => {
    const [j, palette, escape] = [add("j"), add("mod+K"), add("Escape")];
    document.body.innerHTML = "<input aria-label='a' />";
    document.querySelector("input")!.focus();
    await userEvent.setup().keyboard("j{Control>}k{/Control}{Escape}");
    expect(j).not.toHaveBeenCalled();
    expect(palette).toHaveBeenCalledOnce();
    expect(escape).toHaveBeenCalledOnce();
  });
  it("leaves an open dialog alone", async () => {
    const [j, help] = [add("j"), add("F1", vi.fn(), { inDialog: true })];
    document.body.innerHTML = "<div role='dialog'><button>Close</button></div>";
    document.querySelector("button")!.focus();
    await userEvent.setup().keyboard("j{F1}");
    expect(j).not.toHaveBeenCalled();
    expect(help).toHaveBeenCalledOnce();
  });
  it("leaves Enter to a focused button and arrows to tabs", async () => {
    const [enter, left] = [add("Enter"), add("ArrowLeft")];
    document.body.innerHTML = "<div role='tablist'><button role='tab'>A</button></div>";
    document.querySelector("button")!.focus();
    const user = userEvent.setup();
    await user.keyboard("{Enter}{ArrowLeft}");
    expect(enter).not.toHaveBeenCalled();
    expect(left).not.toHaveBeenCalled();
    document.querySelector("button")!.blur();
    await user.keyboard("{Enter}{ArrowLeft}");
    expect(enter).toHaveBeenCalledOnce();
    expect(left).toHaveBeenCalledOnce();
  });
  it("does not take AltGr for a modifier, nor alt with arrows", () => {
    const [at, left] = [add("@"), add("ArrowLeft")];
    const press = (init: KeyboardEventInit): boolean =>
      document.body.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, ...init }));
    press({ key: "@", ctrlKey: true, altKey: true, modifierAltGraph: true });
    press({ key: "ArrowLeft", altKey: true });
    expect(at).toHaveBeenCalledOnce();
    expect(left).not.toHaveBeenCalled();
  });
  it("switches single characters off, but not chords and named keys", async () => {
    const runs = [add("j"), add("g t"), add("mod+K"), add("Escape")];
    setBareKeys(false);
    await userEvent.setup().keyboard("jgt{Control>}k{/Control}{Escape}");
    expect(runs.map((run) => run.mock.calls.length)).toEqual([0, 0, 1, 1]);
  });
  it("asks the latest first and respects when()", async () => {
    const first = add("Escape");
    const second = vi.fn();
    let isOpen = true;
    added.push(
      addCommand({ id: "peek", title: "Close", shortcut: "Escape", when: () => isOpen, run: second }),
    );
    const user = userEvent.setup();
    await user.keyboard("{Escape}");
    isOpen = false;
    await user.keyboard("{Escape}");
    expect([second.mock.calls.length, first.mock.calls.length]).toEqual([1, 1]);
  });
});

describe("commands of a component", () => {
  function Page({ on, value }: { on: boolean; value: number }): ReactElement {
    const [seen, setSeen] = useState(0);
    useCommand(on && { id: "page.see", title: "See", shortcut: "s", run: () => setSeen(value) });
    useCommands([
      { id: "page.a", title: "A", run: () => {} },
      { id: "page.b", title: "B", run: () => {} },
    ]);
    return <p>seen {seen}</p>;
  }
  it("come and go with it, and run with the latest values", async () => {
    const user = userEvent.setup();
    const { rerender, getByText, unmount } = render(<Page on value={1} />);
    expect(commandList().map(({ id }) => id)).toEqual(["page.see", "page.a", "page.b"]);
    rerender(<Page on value={2} />);
    await user.keyboard("s");
    expect(getByText("seen 2")).toBeTruthy();
    rerender(<Page on={false} value={3} />);
    expect(commandList().map(({ id }) => id)).toEqual(["page.a", "page.b"]);
    unmount();
    expect(commandList()).toEqual([]);
  });
});
