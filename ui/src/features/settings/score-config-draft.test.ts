import { expect, test } from "vitest";
import { categoriesOf, checkDraft, EMPTY, toBody } from "./score-config-draft";

test("categories are lines, blank ones are left out", () => {
  expect(categoriesOf(" good \n\nbad")).toEqual([
    { label: "good", value: 0 },
    { label: "bad", value: 1 },
  ]);
});

test.each([
  [{ ...EMPTY }, "Enter a name."],
  [{ ...EMPTY, name: "a", min: 2, max: 1 }, "From must be below To."],
  [{ ...EMPTY, name: "a", dataType: "CATEGORICAL" as const }, "Enter at least one category."],
  [
    { ...EMPTY, name: "a", dataType: "CATEGORICAL" as const, categories: "x\nx" },
    "Two categories have the same name.",
  ],
  [{ ...EMPTY, name: "a", min: 0, max: 1 }, undefined],
])("%o", (draft, problem) => {
  expect(checkDraft(draft)).toBe(problem);
});

test("only what the type has is sent", () => {
  expect(toBody({ ...EMPTY, name: " a ", min: 0, categories: "x" })).toEqual({
    name: "a",
    dataType: "NUMERIC",
    minValue: 0,
  });
});
