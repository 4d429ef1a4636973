import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { expect, it } from "vitest";
import { renderAt } from "../../../tests/render";
import { flag, oneOf, optional, text } from "./codec";
import { useUrlState } from "./use-url-state";

const codec = { q: text(), peek: optional(), mode: oneOf(["tree", "log"] as const, "tree"), live: flag() };

function Page(): ReactElement {
  const [state, set] = useUrlState(codec);
  return (
    <>
      <output>{JSON.stringify(state)}</output>
      <button onClick={() => set({ peek: "0012345678901234" })}>peek</button>
      <button onClick={() => set({ q: "refund" }, "replace")}>type</button>
      <button
        onClick={() => {
          set({ mode: "log" });
          set(({ mode }) => ({ q: `${mode}!` }));
        }}
      >
        both
      </button>
      <button onClick={() => set({ mode: "tree", q: "" })}>clean</button>
    </>
  );
}

const state = (): unknown => JSON.parse(document.querySelector("output")!.textContent!);

it("keeps the address and the state the same, in both directions", async () => {
  const user = userEvent.setup();
  const { address, back } = await renderAt(<Page />, { at: "/project/p1/x?foreign=1&live=1" });
  expect(state()).toEqual({ q: "", mode: "tree", live: true });

  await user.click(screen.getByText("peek"));
  expect(address()).toBe("/project/p1/x?foreign=1&live=1&peek=0012345678901234");
  await user.click(screen.getByText("type"));
  back();
  // Typing replaced the entry of the peek: one step back is before both.
  await screen.findByText('{"q":"","mode":"tree","live":true}');
  expect(address()).toBe("/project/p1/x?foreign=1&live=1");

  await user.click(screen.getByText("both"));
  expect(address()).toBe("/project/p1/x?foreign=1&live=1&mode=log&q=log!");
  await user.click(screen.getByText("clean"));
  expect(address()).toBe("/project/p1/x?foreign=1&live=1");
});

it("drops what it cannot read and says so once", async () => {
  await renderAt(<Page />, { at: "/project/p1/x?mode=cube&q=a" });
  expect(state()).toEqual({ q: "a", mode: "tree", live: false });
  expect(await screen.findByText("Ignored part of this link: mode")).toBeTruthy();
});
