import { act, screen } from "@testing-library/react";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { api } from "@/api";
import { renderAt } from "../../tests/render";
import { OfflineBar } from "./offline-bar";

const live = vi.hoisted(() => ({ status: "live" }));
vi.mock("@/kit/live", () => ({ useLiveStatus: () => live.status }));

let isUp = true;
beforeEach(() => {
  isUp = true;
  live.status = "live";
  vi.useFakeTimers({ shouldAdvanceTime: true });
  vi.stubGlobal("fetch", async () => {
    if (!isUp) throw new TypeError("Failed to fetch");
    return new Response("{}");
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const bar = (): HTMLElement | null => screen.queryByText(/The server does not answer/);

it("shows after any call without an answer, and goes when the server is back", async () => {
  await renderAt(<OfflineBar />);
  expect(bar()).toBeNull();
  isUp = false;
  await act(() => api.delete("/api/ui/account/sessions").catch(() => {}));
  expect(bar()).not.toBeNull();
  await act(() => vi.advanceTimersByTimeAsync(3_000));
  expect(bar()).not.toBeNull();
  isUp = true;
  await act(() => vi.advanceTimersByTimeAsync(3_000));
  expect(bar()).toBeNull();
});

it("shows on a page that only watches, when its stream broke and the server then stops to answer", async () => {
  live.status = "reconnecting";
  await renderAt(<OfflineBar />);
  await act(() => vi.advanceTimersByTimeAsync(100));
  expect(bar()).toBeNull();
  isUp = false;
  await act(() => vi.advanceTimersByTimeAsync(3_000));
  expect(bar()).not.toBeNull();
});
