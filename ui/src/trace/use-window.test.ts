import { renderHook } from "@testing-library/react";
import { expect, it } from "vitest";
import { heightsOf } from "./heights";
import { useRowWindow } from "./use-window";

/** jsdom has no layout: an element that scrolls within its content, as a browser's does. */
function box(room: number, content: () => number): HTMLElement {
  const element = document.createElement("div");
  let top = 0;
  Object.defineProperty(element, "clientHeight", { value: room });
  Object.defineProperty(element, "scrollTop", { get: () => Math.min(top, Math.max(0, content() - room)) });
  element.scrollTo = ((to: ScrollToOptions) => {
    top = Math.max(0, Math.min(to.top ?? 0, content() - room));
  }) as typeof element.scrollTo;
  return element;
}

it("keeps the same rows in sight when rows get another height, also at the end", () => {
  const count = 1_400;
  let height = 38;
  const scroller = { current: box(380, () => count * height) };
  const hook = renderHook(
    ({ rowHeight }) => useRowWindow(scroller, count, rowHeight, heightsOf(count, rowHeight)),
    {
      initialProps: { rowHeight: height },
    },
  );
  hook.result.current.scrollToRow(1_300, "auto");
  expect(scroller.current.scrollTop).toBe(1_301 * 38 - 380);
  height = 28;
  hook.rerender({ rowHeight: height });
  expect(scroller.current.scrollTop).toBe((1_301 * 38 - 380) * (28 / 38));
  // Row 1,300 ends within the 380 pixels.
  expect(1_301 * 28 - scroller.current.scrollTop).toBeLessThanOrEqual(380);
});
