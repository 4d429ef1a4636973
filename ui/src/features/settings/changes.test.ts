import { expect, test } from "vitest";
import { diffRecords } from "./changes";

test("only what differs, nested fields by their path", () => {
  const before = { name: "a", limits: { days: 7, size: 1 }, labels: ["x"] };
  const after = { name: "b", limits: { days: 9, size: 1 }, labels: ["x", "y"] };
  expect(diffRecords(before, after)).toEqual([
    { path: "name", before: "a", after: "b" },
    { path: "limits.days", before: "7", after: "9" },
    { path: "labels.1", before: undefined, after: "y" },
  ]);
});

test("what is new has no before, what is gone has no after", () => {
  expect(diffRecords(null, { name: "a" })).toEqual([{ path: "name", before: undefined, after: "a" }]);
  expect(diffRecords({ name: "a" }, null)).toEqual([{ path: "name", before: "a", after: undefined }]);
  expect(diffRecords({ days: 7 }, { days: null })).toEqual([{ path: "days", before: "7", after: "null" }]);
  expect(diffRecords({}, {})).toEqual([{ path: "", before: "{}", after: undefined }].slice(1));
});
