import { expect, test } from "vitest";
import { collect } from "./audit-export";

test("all pages, in their order", async () => {
  const pages: Record<string, { data: number[]; meta: { cursor: string | null } }> = {
    first: { data: [1, 2], meta: { cursor: "b" } },
    b: { data: [3], meta: { cursor: null } },
  };
  expect(await collect(async (cursor) => pages[cursor ?? "first"]!)).toEqual([1, 2, 3]);
});

test("an endless log ends", async () => {
  const page = { data: Array.from({ length: 100 }, (_, n) => n), meta: { cursor: "more" } };
  expect(await collect(async () => page)).toHaveLength(20_000);
});
