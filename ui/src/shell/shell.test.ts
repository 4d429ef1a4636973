import { beforeEach, describe, expect, it, vi } from "vitest";
import { looksLikeId, search } from "./palette-search";
import { mayReload, watchStaleTab } from "./stale-tab";

describe("the palette's search", () => {
  const items = [
    "Traces",
    "Observations",
    "Settings: Models and prices",
    "Settings: Members",
    "Project settings",
  ].map((title) => ({ title, keywords: title.includes("Models") ? "cost ledger" : "" }));
  const found = (query: string): string[] => search(query, items).map(({ title }) => title);

  it("finds by words, beginnings, scattered letters and keywords", () => {
    expect(found("obsv")).toEqual(["Observations"]);
    expect(found("sett mem")).toEqual(["Settings: Members"]);
    expect(found("cost")).toEqual(["Settings: Models and prices"]);
    expect(found("zzz")).toEqual([]);
    expect(found("")).toHaveLength(5);
  });
  it("puts beginnings first and keeps the order of equals", () => {
    expect(found("settings")).toEqual([
      "Settings: Models and prices",
      "Settings: Members",
      "Project settings",
    ]);
  });
  it("asks the server only about what may be an id", () => {
    for (const id of ["4bf92f3577b34da6", "user-42", "https://x/project/p/traces/t", "a@b.org"])
      expect(looksLikeId(id), id).toBe(true);
    for (const word of ["traces", "api keys", "a1"]) expect(looksLikeId(word), word).toBe(false);
  });
});

describe("a tab older than the server", () => {
  beforeEach(() => sessionStorage.clear());
  it("reloads once and then explains", () => {
    const reload = vi.fn();
    watchStaleTab(reload);
    const lost = (): boolean => window.dispatchEvent(new Event("vite:preloadError", { cancelable: true }));
    expect(lost()).toBe(false);
    expect(lost()).toBe(true);
    expect(reload).toHaveBeenCalledOnce();
    expect(mayReload(Date.now() + 60_000)).toBe(true);
  });
});
