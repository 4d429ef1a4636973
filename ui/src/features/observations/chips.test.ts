import { expect, it } from "vitest";
import { chipOf, withChip } from "./chips";

it.each([
  ["", "all"],
  ["type:TOOL x", "TOOL"],
  ["type:(TOOL OR AGENT)", ""],
  ["-type:EVENT", ""],
  ["level:ERROR", "errors"],
  ["level:ERROR type:TOOL", "TOOL"],
])("%s shows %s", (q, chip) => {
  expect(chipOf(q)).toBe(chip);
});

it.each([
  ["refund type:TOOL", "AGENT", "refund type:AGENT"],
  ["refund type:TOOL", "all", "refund"],
  ["refund", "errors", "refund level:ERROR"],
  ["level:ERROR", "TOOL", "type:TOOL"],
  ["level:WARNING", "TOOL", "level:WARNING type:TOOL"],
] as const)("%s with %s becomes %s", (q, chip, after) => {
  expect(withChip(q, chip)).toBe(after);
});
