import { act, cleanup, fireEvent, render, screen, within } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { ColourBook } from "./colours";
import { prepare } from "./prepare";
import type { TimeChartProps } from "./props";

// jsdom has no canvas and no layout: the plot is replaced by its positions, 100 px for each bucket.
const made = vi.hoisted(() => ({ count: 0, destroyed: 0 }));
vi.mock("./plot", () => ({
  makePlot: () => {
    made.count += 1;
    return {
      resize: () => {},
      at: (left: number, top: number) => ({
        place: left < 300 ? Math.floor(left / 100) : -1,
        value: 10 - top,
      }),
      leftOf: (place: number) => place * 100 + 50,
      box: () => ({ left: 0, top: 0, width: 300, height: 100 }),
      destroy: () => (made.destroyed += 1),
    };
  },
}));

const { TimeChart } = await import("./time-chart");

const HOUR = 3_600_000;
const prepared = prepare({
  cells: [
    { at: 0, name: "ok", value: 5 },
    { at: HOUR, name: "ok", value: 3 },
    { at: HOUR, name: "error", value: 4 },
  ],
  times: [0, HOUR, 2 * HOUR],
  until: 3 * HOUR,
  from: 0,
  to: 3 * HOUR,
  now: 2.5 * HOUR,
  fill: "zero",
  names: ["ok", "error"],
});

function chart(more: Partial<TimeChartProps> = {}) {
  return (
    <TimeChart
      title="Traces"
      prepared={prepared}
      kind="bars"
      value={String}
      zone="UTC"
      book={new ColourBook()}
      syncKey="test"
      {...more}
    />
  );
}

let width = 600;
beforeEach(() => {
  width = 600;
  made.count = made.destroyed = 0;
  vi.spyOn(HTMLElement.prototype, "clientWidth", "get").mockImplementation(() => width);
});
afterEach(() => {
  cleanup();
  vi.restoreAllMocks();
});

describe("the figure", () => {
  it("says in words what it shows", () => {
    render(chart());
    const figure = screen.getByRole("figure", { name: "Traces" });
    expect(figure.getAttribute("aria-describedby")).toBe(within(figure).getByText(/3 buckets/).id);
    expect(
      within(figure).getByText(/ok: 8 in total, at most 5 at 1 Jan 00:00; error: 4 in total/),
    ).toBeTruthy();
  });

  it("is drawn when it has a size, and never at size 0", () => {
    width = 0;
    const { unmount } = render(chart());
    expect(made.count).toBe(0);
    unmount();
    width = 600;
    render(chart());
    expect(made.count).toBe(1);
  });

  it("is drawn anew when the theme changes, and cleans up", async () => {
    const { unmount } = render(chart());
    await act(async () => {
      document.documentElement.setAttribute("data-theme", "dark");
      await new Promise((resolve) => setTimeout(resolve));
    });
    expect([made.count, made.destroyed]).toEqual([2, 1]);
    unmount();
    expect(made.destroyed).toBe(2);
  });

  it("is a real table on request, with a link for each value but 0", () => {
    render(chart({ asTable: true, hrefOf: (place, name) => `/x/${place}/${name ?? "all"}` }));
    const rows = screen.getAllByRole("row").map((row) => row.textContent);
    expect(rows).toEqual(["Timeokerror", "1 Jan 00:0050", "1 Jan 01:0034", "1 Jan 02:0000"]);
    expect(screen.getAllByRole("link").map((link) => link.getAttribute("href"))).toEqual([
      "/x/0/all",
      "/x/0/ok",
      "/x/1/all",
      "/x/1/ok",
      "/x/1/error",
      "/x/2/all",
    ]);
  });
});

describe("the crosshair", () => {
  it("moves by the keyboard, says where it is, and opens the rows", () => {
    const onGo = vi.fn();
    render(chart({ onGo, hrefOf: (place, name) => `/x/${place}/${name ?? "all"}` }));
    const slider = screen.getByRole("slider", { name: "Traces: bucket" });
    const press = (key: string) => fireEvent.keyDown(slider, { key });
    press("Enter");
    expect(onGo).not.toHaveBeenCalled();
    press("ArrowRight");
    expect(slider.getAttribute("aria-valuetext")).toBe("1 Jan 00:00: ok 5, error 0");
    press("End");
    expect(slider.getAttribute("aria-valuetext")).toBe("1 Jan 02:00, part of the bucket: ok 0, error 0");
    press("ArrowRight");
    press("ArrowLeft");
    press("Enter");
    expect(onGo).toHaveBeenCalledWith("/x/1/all");
    press("Escape");
    expect(slider.getAttribute("aria-valuetext")).toMatch(/No bucket chosen/);
  });

  it("is shared by charts with one key; only the one that is pointed at shows its values", () => {
    render(
      <>
        {chart()}
        {chart({ title: "Costs" })}
        {chart({ title: "Others", syncKey: "other" })}
      </>,
    );
    fireEvent.pointerMove(screen.getByRole("slider", { name: /Traces/ }), { clientX: 150, clientY: 5 });
    const valueOf = (name: RegExp) => screen.getByRole("slider", { name }).getAttribute("aria-valuetext");
    expect(valueOf(/Costs/)).toBe("1 Jan 01:00: ok 3, error 4");
    expect(valueOf(/Others/)).toMatch(/No bucket/);
    expect(screen.getAllByText("1 Jan 01:00")).toHaveLength(1);
  });

  it("opens the rows of the part of a bar that is clicked", () => {
    const onGo = vi.fn();
    render(chart({ onGo, hrefOf: (place, name) => `/x/${place}/${name ?? "all"}` }));
    const slider = screen.getByRole("slider");
    fireEvent.click(slider, { clientX: 150, clientY: 5 }); // a value of 5: above 3 ok
    fireEvent.click(slider, { clientX: 150, clientY: 8 }); // 2
    fireEvent.click(slider, { clientX: 150, clientY: 1 }); // 9: beside the bar
    fireEvent.click(slider, { clientX: 900, clientY: 1 }); // outside
    expect(onGo.mock.calls.flat()).toEqual(["/x/1/error", "/x/1/ok", "/x/1/all"]);
  });
});
