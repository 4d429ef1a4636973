import { expect, test } from "vitest";
import { daysAgo, endOf, startOf } from "./days";

test("a day ends where the next one begins", () => {
  expect(endOf("2026-02-28")).toBe(startOf("2026-03-01"));
  expect(Date.parse(endOf("2026-11-26")) - Date.parse(startOf("2026-11-26"))).toBeGreaterThan(22 * 3_600_000);
  expect([startOf(""), endOf("")]).toEqual(["", ""]);
});

test("days are those of the local clock", () => {
  const noon = new Date("2026-11-26T12:00:00").getTime();
  expect(daysAgo(0, noon)).toBe("2026-11-26");
  expect(daysAgo(30, noon)).toBe("2026-10-27");
});
