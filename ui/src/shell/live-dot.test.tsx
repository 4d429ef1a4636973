import { render, screen } from "@testing-library/react";
import { expect, it, vi } from "vitest";
import type { LiveStatus } from "@/kit/live";
import { LiveDot } from "./live-dot";

const live = vi.hoisted(() => ({ status: "paused" as LiveStatus }));
vi.mock("@/kit/live", () => ({ useLiveStatus: () => live.status }));

it.each([
  ["live", "Live"],
  ["reconnecting", "Reconnecting"],
  ["alone", "Partly live"],
  ["off", "Live is off"],
  ["signed-out", "Signed out"],
] as const)("says that the page is %s", (status, word) => {
  live.status = status;
  render(<LiveDot />);
  expect(screen.getByRole("status").textContent).toBe(word);
});

it("is not there on a page without live updates", () => {
  live.status = "paused";
  render(<LiveDot />);
  expect(screen.queryByRole("status")).toBeNull();
});
