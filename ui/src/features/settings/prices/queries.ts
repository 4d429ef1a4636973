// Models with their prices, and what the server can tell about costs: missing prices, repricing, what-if.
import { queryOptions } from "@tanstack/react-query";
import { api, type Schema } from "@/api";

export type Model = Schema<"ModelOut">;
export type Unit = NonNullable<Model["unit"]>;
export type Tier = Schema<"TierOut">;
export type Sums = Omit<Schema<"NamedSumOut">, "model" | "modelId">;
export type Preview = Schema<"ModelPreviewOut">;
export type Repricing = Schema<"RepricingOut">;
export type MissingPrice = Schema<"MissingPriceOut">;
export type WhatIf = Schema<"WhatIfOut">;

/** All of them, own ones first: there are some hundred, and the search is then at once. */
export const modelsQuery = (project: string) =>
  queryOptions({
    queryKey: ["models", project],
    queryFn: async ({ signal }) => {
      const found: Model[] = [];
      for (let page = 1, last = 1; page <= last; page++) {
        const answer = await api.get("/api/public/models", { project, query: { page, limit: 100 }, signal });
        found.push(...answer.data);
        last = answer.meta.totalPages;
      }
      return found.toSorted((a, b) => Number(a.isLangfuseManaged) - Number(b.isLangfuseManaged));
    },
    staleTime: 60_000,
  });

export const missingQuery = (project: string) =>
  queryOptions({
    queryKey: ["missing-prices", project],
    queryFn: async ({ signal }) =>
      (
        await api.get("/api/public/spyglass/missing-prices", {
          project,
          query: { limit: 100 },
          signal,
        })
      ).data,
  });

export const repricingsQuery = (project: string) =>
  queryOptions({
    queryKey: ["repricing", project],
    queryFn: async ({ signal }) =>
      (await api.get("/api/public/spyglass/repricing", { project, query: { limit: 20 }, signal })).data,
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === "queued" || status === "running") ? 1_000 : false,
  });

export const saveModel = (
  project: string,
  id: string | undefined,
  body: Schema<"ModelIn">,
): Promise<Model> =>
  id
    ? api.put("/api/public/models/{model_id}", { path: { model_id: id }, body, project })
    : api.post("/api/public/models", { body, project });

export const deleteModel = (project: string, id: string) =>
  api.delete("/api/public/models/{model_id}", { path: { model_id: id }, project });

export const previewModel = (project: string, body: Schema<"ModelIn">) =>
  api.post("/api/public/spyglass/models/preview", { body, project });

export const reprice = (project: string, body: Schema<"RepricingIn">) =>
  api.post("/api/public/spyglass/repricing", { body, project });

export const askWhatIf = (project: string, from: string, to: string, model: string) =>
  api.get("/api/public/spyglass/what-if", { project, query: { from, to, model } });

/** The prices that count where no tier's condition holds. */
export function defaultPrices({ pricingTiers }: Pick<Model, "pricingTiers">): Record<string, number> {
  return (pricingTiers.find(({ isDefault }) => isDefault) ?? pricingTiers[0])?.prices ?? {};
}
