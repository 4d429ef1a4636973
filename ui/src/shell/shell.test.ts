import { beforeEach, describe, expect, it, vi } from "vitest";
import { looksLikeId, search } from "./palette-search";
import { isMissingChunk, loadPage, mayReload, watchStaleTab } from "./stale-tab";

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
    const stop = watchStaleTab(reload);
    const lost = (): boolean => window.dispatchEvent(new Event("vite:preloadError", { cancelable: true }));
    // Two files at once are one reload.
    expect([lost(), lost()]).toEqual([false, false]);
    expect(reload).toHaveBeenCalledOnce();
    stop();
    // After the reload.
    const again = watchStaleTab(reload);
    expect(lost()).toBe(true);
    expect(reload).toHaveBeenCalledOnce();
    expect(mayReload(Date.now() + 60_000)).toBe(true);
    again();
  });
  it("waits for the reload, and leaves no second one to the router", async () => {
    const gone = new TypeError("Failed to fetch dynamically imported module: /assets/x.js");
    const page = { default: () => null };
    expect(await loadPage(async () => page)).toBe(page);
    const error = await loadPage(() => Promise.reject(gone)).catch((caught: unknown) => caught);
    expect((error as Error).message).toBe(`A part is gone: ${gone.message}`);
    expect(isMissingChunk(error)).toBe(true);
    const broken = new Error("x is not a function");
    expect(await loadPage(() => Promise.reject(broken)).catch((caught: unknown) => caught)).toBe(broken);
    const reloading = loadPage(async () => undefined).then(() => "came");
    expect(await Promise.race([reloading, Promise.resolve("waits")])).toBe("waits");
  });
});
