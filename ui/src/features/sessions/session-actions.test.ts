import { afterEach, describe, expect, it, vi } from "vitest";
import { bookmark } from "./session-actions";

let asked: { action: string; ids: string[] }[] = [];
function server(status: number): void {
  asked = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    asked.push(await request.json());
    return Response.json(status === 200 ? { affected: 1 } : { message: "no" }, { status });
  });
}
afterEach(() => vi.unstubAllGlobals());

const ids = (count: number) => Array.from({ length: count }, (_, at) => `t${at}`);

describe("the bookmark of a session", () => {
  it("is carried by its first trace", async () => {
    server(200);
    const shown: boolean[] = [];
    await bookmark("p", { bookmarked: false }, ids(3), (on) => shown.push(on));
    expect(asked).toEqual([{ action: "bookmark", ids: ["t0"] }]);
    expect(shown).toEqual([true]);
  });

  it("is given back by all of them, a thousand at a time", async () => {
    server(200);
    await bookmark("p", { bookmarked: true }, ids(1200), () => {});
    expect(asked.map(({ action, ids: some }) => [action, some.length])).toEqual([
      ["unbookmark", 1000],
      ["unbookmark", 200],
    ]);
  });

  it("is taken back where the server refuses", async () => {
    server(403);
    const shown: boolean[] = [];
    await bookmark("p", { bookmarked: false }, ids(1), (on) => shown.push(on));
    expect(shown).toEqual([true, false]);
  });
});
