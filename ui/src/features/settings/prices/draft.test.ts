import { expect, test } from "vitest";
import { checkModel, draftOf, errorsOf, NEW, patternFor, perMillion, toModel } from "./draft";
import type { Model } from "./queries";

const LONG = { name: "long", isDefault: false, priority: 1, conditions: [], prices: { input: 0.000003 } };
const MODEL = {
  id: "m1",
  modelName: "gpt-4o-mini",
  matchPattern: "(?i)^gpt-4o-mini$",
  startDate: "2026-01-02T00:00:00.000Z",
  unit: "TOKENS",
  tokenizerId: "openai",
  isLangfuseManaged: true,
  createdAt: "2026-01-01T00:00:00.000Z",
  pricingTiers: [
    {
      id: "t1",
      name: "Standard",
      isDefault: true,
      priority: 0,
      conditions: [],
      prices: { input: 0.00000015, output: 0.0000006 },
    },
    { id: "t2", ...LONG },
  ],
} as Partial<Model> as Model;

test("prices are shown per million, without the noise of binary fractions", () => {
  expect(perMillion(0.00000015)).toBe(0.15);
  expect(draftOf(MODEL).prices).toEqual([
    { key: "input", perMillion: 0.15 },
    { key: "output", perMillion: 0.6 },
  ]);
});

test("a definition that is opened and saved is the same", () => {
  expect(toModel(draftOf(MODEL))).toEqual({
    modelName: "gpt-4o-mini",
    matchPattern: "(?i)^gpt-4o-mini$",
    unit: "TOKENS",
    startDate: "2026-01-02T00:00:00.000Z",
    tokenizerId: "openai",
    pricingTiers: [
      {
        name: "Standard",
        isDefault: true,
        priority: 0,
        conditions: [],
        prices: { input: 0.00000015, output: 0.0000006 },
      },
      LONG,
    ],
  });
});

test("what is missing is named", () => {
  expect(Object.keys(checkModel(NEW))).toEqual(["modelName", "matchPattern", "prices"]);
  const twice = { ...draftOf(MODEL), prices: [...draftOf(MODEL).prices, { key: "input", perMillion: 1 }] };
  expect(checkModel(twice)).toEqual({ prices: "Two prices have the same key" });
  expect(checkModel({ ...draftOf(MODEL), tiers: "{}" })).toEqual({ tiers: "Expected a list of tiers" });
});

test("the server's complaints are shown at their fields", () => {
  expect(
    errorsOf({
      matchPattern: "not RE2",
      "pricingTiers.0.prices.input": "too much",
      "pricingTiers.2.name": "missing",
      other: "?",
    }),
  ).toEqual({ matchPattern: "not RE2", prices: "too much", tiers: "missing" });
});

test("a pattern for a name takes it literally", () => {
  expect(patternFor("openai.gpt-oss-20b-1:0")).toBe(String.raw`(?i)^openai\.gpt-oss-20b-1:0$`);
});
