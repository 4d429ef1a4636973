// A model definition while it is being written. Prices are typed per million units, as providers print them.
import type { Schema } from "@/api";
import type { Model, Tier, Unit } from "./queries";
import { defaultPrices } from "./queries";

type Body = Schema<"ModelIn">;

export const MILLION = 1_000_000;
export const UNITS: Unit[] = ["TOKENS", "CHARACTERS", "SECONDS", "MILLISECONDS", "IMAGES", "REQUESTS"];

export interface PriceRow {
  key: string;
  perMillion: number | null;
}

export interface Draft {
  modelName: string;
  matchPattern: string;
  startDate: string;
  unit: Unit;
  tokenizerId: string;
  prices: PriceRow[];
  /** Kept as they are: tiers with conditions are edited as JSON. */
  tiers: string;
}

export const NEW: Draft = {
  modelName: "",
  matchPattern: "",
  startDate: "",
  unit: "TOKENS",
  tokenizerId: "",
  prices: [
    { key: "input", perMillion: null },
    { key: "output", perMillion: null },
  ],
  tiers: "",
};

/** Without the noise of binary fractions: 0.00000015 is 0.15, not 0.15000000000000002. */
export const perMillion = (price: number): number => Number((price * MILLION).toPrecision(12));
const perUnit = (price: number): number => Number((price / MILLION).toPrecision(12));

const withoutId = ({ name, isDefault, priority, conditions, prices }: Tier): Schema<"TierIn"> => ({
  name,
  isDefault,
  priority,
  conditions,
  prices,
});

/** A definition to edit; of a built-in one, a definition of the project's own that overrides it. */
export function draftOf(model: Model): Draft {
  const tiers = model.pricingTiers.filter(({ isDefault }) => !isDefault).map(withoutId);
  return {
    modelName: model.modelName,
    matchPattern: model.matchPattern,
    startDate: model.startDate?.slice(0, 10) ?? "",
    unit: model.unit ?? "TOKENS",
    tokenizerId: model.tokenizerId ?? "",
    prices: Object.entries(defaultPrices(model)).map(([key, price]) => ({
      key,
      perMillion: perMillion(price),
    })),
    tiers: tiers.length > 0 ? JSON.stringify(tiers, null, 2) : "",
  };
}

/** A pattern that matches this model name and nothing else. */
export const patternFor = (name: string): string =>
  `(?i)^${name.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)}$`;

export function checkModel(draft: Draft): Partial<Record<keyof Draft, string>> {
  const found: Partial<Record<keyof Draft, string>> = {};
  if (draft.modelName.trim() === "") found.modelName = "Enter a name";
  if (draft.matchPattern.trim() === "") found.matchPattern = "Enter a pattern";
  const keys = draft.prices.map(({ key }) => key.trim()).filter((key) => key !== "");
  if (!draft.prices.some(({ key, perMillion: price }) => key.trim() !== "" && price !== null))
    found.prices = "Enter at least one price; 0 where it costs nothing";
  if (new Set(keys).size < keys.length) found.prices = "Two prices have the same key";
  if (draft.prices.some(({ key, perMillion: price }) => key.trim() === "" && price !== null))
    found.prices = "Enter what the price is for";
  if (draft.tiers.trim() !== "") {
    try {
      if (!Array.isArray(JSON.parse(draft.tiers))) found.tiers = "Expected a list of tiers";
    } catch (error) {
      found.tiers = (error as Error).message;
    }
  }
  return found;
}

/** The server's complaints, at the fields that the form has. */
export function errorsOf(fields: Record<string, string> = {}): Partial<Record<keyof Draft, string>> {
  const found: Partial<Record<keyof Draft, string>> = {};
  for (const [path, message] of Object.entries(fields)) {
    const [name = "", place] = path.split(".");
    if (name === "pricingTiers") found[place === "0" ? "prices" : "tiers"] = message;
    else if (name in NEW) found[name as keyof Draft] = message;
  }
  return found;
}

/** The request body. Throws when the tiers are no JSON: `checkModel` says so first. */
export function toModel(draft: Draft): Body {
  const prices = Object.fromEntries(
    draft.prices
      .filter(({ key, perMillion: price }) => key.trim() !== "" && price !== null)
      .map(({ key, perMillion: price }) => [key.trim(), perUnit(price ?? 0)]),
  );
  const others = draft.tiers.trim() === "" ? [] : (JSON.parse(draft.tiers) as Schema<"TierIn">[]);
  return {
    modelName: draft.modelName.trim(),
    matchPattern: draft.matchPattern.trim(),
    unit: draft.unit,
    ...(draft.startDate && { startDate: `${draft.startDate}T00:00:00.000Z` }),
    ...(draft.tokenizerId && { tokenizerId: draft.tokenizerId as Body["tokenizerId"] }),
    pricingTiers: [{ name: "Standard", isDefault: true, priority: 0, conditions: [], prices }, ...others],
  };
}
