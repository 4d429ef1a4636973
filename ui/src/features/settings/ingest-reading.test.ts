import { expect, test } from "vitest";
import { readingOf, reasonWords } from "./ingest-reading";

const NONE = {
  received: 0,
  acknowledged: 0,
  refused: 0,
  refusedByReason: {},
  visible: 0,
  pending: 0,
  quarantined: 0,
  released: 0,
  deleted: 0,
  stalled: "",
};

test("the rate is what came between two looks", () => {
  const first = readingOf({ ...NONE, received: 1000 }, 10_000, undefined);
  expect(first.rate).toBeNull();
  const second = readingOf({ ...NONE, received: 1050 }, 15_000, first);
  expect(second.rate).toBe(10);
  expect(readingOf({ ...NONE, received: 1050 }, 20_000, second).rate).toBe(0);
});

test("there is none where the counters begin anew, or no time went by", () => {
  const first = readingOf({ ...NONE, received: 1000 }, 10_000, undefined);
  expect(readingOf({ ...NONE, received: 3 }, 15_000, first).rate).toBeNull();
  expect(readingOf({ ...NONE, received: 1001 }, 10_000, first).rate).toBeNull();
});

test("reasons are words", () => expect(reasonWords("status_400")).toBe("status 400"));
