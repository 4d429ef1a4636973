// Models with their prices, and what the server can tell about costs: missing prices, repricing, what-if.
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api";

export type Unit = "CHARACTERS" | "TOKENS" | "MILLISECONDS" | "SECONDS" | "IMAGES" | "REQUESTS";

export interface UsageCondition {
  usageDetailPattern: string;
  operator: string;
  value: number;
  caseSensitive?: boolean;
}

export interface AttributeCondition {
  source: string;
  key: string;
  operator: string;
  values: string[];
}

export interface Tier {
  id?: string;
  name: string;
  isDefault: boolean;
  priority: number;
  conditions: (UsageCondition | AttributeCondition)[];
  prices: Record<string, number>;
}

export interface Model {
  id: string;
  modelName: string;
  matchPattern: string;
  startDate: string | null;
  unit: Unit | null;
  tokenizerId: string | null;
  isLangfuseManaged: boolean;
  createdAt: string;
  pricingTiers: Tier[];
}

export interface Sums {
  observations: number;
  changed: number;
  clientProvided: number;
  estimated: number;
  tokens: number;
  oldTotal: number;
  newTotal: number;
  oldWithoutPrice: number;
  newWithoutPrice: number;
}

export interface Preview extends Sums {
  from: string;
  to: string;
  byModel: (Sums & { model: string; replacesModelName?: string | null })[];
  shadowed: { model: string; modelId: string }[];
}

export interface Repricing {
  id: string | null;
  status: string;
  from: string;
  to: string;
  models: string[];
  preview: (Sums & { byModel: (Sums & { model: string })[] }) | null;
  progress: { lookedAt: number; changed: number; oldTotal: number; newTotal: number; share: number } | null;
  requestedAt: string | null;
  finishedAt: string | null;
  lastError: string | null;
}

export interface MissingPrice {
  model: string;
  observations: number;
  tokens: number;
  usageDetails: Record<string, number>;
  firstSeen: string;
  lastSeen: string;
  why: string;
  /** What prices the name by now: only history is without. */
  modelId: string | null;
}

export interface WhatIf {
  model: { id: string; modelName: string; origin: string | null };
  from: string;
  to: string;
  totalNow: number;
  totalThen: number;
  difference: number;
  observations: number;
  tokens: number;
  byModel: {
    model: string;
    observations: number;
    tokens: number;
    totalNow: number;
    totalThen: number;
    clientProvided: number;
  }[];
  usageWithoutPrice: Record<string, number>;
  assumptions: string[];
}

interface Page<T> {
  data: T[];
  meta: { page: number; totalPages: number };
}

const MODELS = "/api/public/models";
const COSTS = "/api/public/spyglass";

/** All of them, own ones first: there are some hundred, and the search is then at once. */
export const modelsQuery = (project: string) =>
  queryOptions({
    queryKey: ["models", project],
    queryFn: async ({ signal }) => {
      const found: Model[] = [];
      for (let page = 1, last = 1; page <= last; page++) {
        const answer = await api.get<Page<Model>>(MODELS, { project, query: { page, limit: 100 }, signal });
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
        await api.get<Page<MissingPrice>>(`${COSTS}/missing-prices`, {
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
      (await api.get<Page<Repricing>>(`${COSTS}/repricing`, { project, query: { limit: 20 }, signal })).data,
    refetchInterval: ({ state }) =>
      state.data?.some(({ status }) => status === "queued" || status === "running") ? 1_000 : false,
  });

export const saveModel = (project: string, id: string | undefined, body: object): Promise<Model> =>
  id
    ? api.put(`${MODELS}/${encodeURIComponent(id)}`, body, { project })
    : api.post(MODELS, body, { project });

export const deleteModel = (project: string, id: string): Promise<unknown> =>
  api.delete(`${MODELS}/${encodeURIComponent(id)}`, { project });

export const previewModel = (project: string, body: object): Promise<Preview> =>
  api.post(`${COSTS}/models/preview`, body, { project });

export const reprice = (project: string, body: object): Promise<Repricing> =>
  api.post(`${COSTS}/repricing`, body, { project });

export const askWhatIf = (project: string, from: string, to: string, model: string): Promise<WhatIf> =>
  api.get(`${COSTS}/what-if`, { project, query: { from, to, model } });

/** The prices that count where no tier's condition holds. */
export function defaultPrices({ pricingTiers }: Pick<Model, "pricingTiers">): Record<string, number> {
  return (pricingTiers.find(({ isDefault }) => isDefault) ?? pricingTiers[0])?.prices ?? {};
}
