import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactElement } from "react";
import { describe, expect, it } from "vitest";
import { renderAt } from "../../../tests/render";
import { list, optional, text } from "./codec";
import { LONGEST, readSearch, rememberShort, unknownShort } from "./short";
import { useUrlState } from "./use-url-state";

describe("short addresses", () => {
  it("are what they stand for; what stands beside them wins", () => {
    expect(readSearch("?s=one&peek=t1")).toEqual({ s: "one", peek: "t1" });
    expect(unknownShort("?s=one&peek=t1")).toBe("one");
    rememberShort("one", "?q=a+b&cols=x,y&peek=old");
    expect(readSearch("?s=one&peek=t1")).toEqual({ q: "a b", cols: "x,y", peek: "t1" });
    expect(unknownShort("?s=one")).toBeUndefined();
    expect(unknownShort("?q=a")).toBeUndefined();
    expect(readSearch("?q=a")).toEqual({ q: "a" });
  });

  it("that lead nowhere stand for nothing", () => {
    rememberShort("gone", "");
    expect(readSearch("?s=gone&q=a")).toEqual({ q: "a" });
  });
});

const codec = { q: text(), cols: list(), peek: optional() };

function Page(): ReactElement {
  const [state, set] = useUrlState(codec);
  return (
    <>
      <output>{JSON.stringify(state)}</output>
      <button onClick={() => set({ peek: "t1" })}>peek</button>
      <button onClick={() => set({ q: "" })}>clean</button>
    </>
  );
}

const state = (): unknown => JSON.parse(document.querySelector("output")!.textContent!);

it("hold the state of a page, and a change of it is a whole address again", async () => {
  const q = `name:(${Array.from({ length: 300 }, (_, at) => `"name, ${at}"`).join(" OR ")})`;
  const long = `?q=${encodeURIComponent(q)}&cols=a\\,b,c`;
  expect(long.length).toBeGreaterThan(LONGEST);
  rememberShort("long", long);
  const user = userEvent.setup();
  const { address, back } = await renderAt(<Page />, { at: "/project/p1/x?s=long" });
  expect(state()).toEqual({ q, cols: ["a,b", "c"] });
  await user.click(screen.getByText("peek"));
  expect(state()).toEqual({ q, cols: ["a,b", "c"], peek: "t1" });
  expect(readSearch(address().replace("/project/p1/x", ""))).toMatchObject({ q, peek: "t1" });
  back();
  await screen.findByText(
    (_, element) => element?.tagName === "OUTPUT" && !element.textContent?.includes("t1"),
  );
  expect(address()).toBe("/project/p1/x?s=long");
  await user.click(screen.getByText("clean"));
  expect(address()).toBe("/project/p1/x?cols=a%5C,b,c");
});
