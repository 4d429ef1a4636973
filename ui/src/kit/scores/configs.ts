// The score configs that a person may score by.
import { queryOptions } from "@tanstack/react-query";
import { api, type Schema } from "@/api";

export type ScoreConfig = Schema<"ScoreConfigOut">;

/** Those that are not archived. */
export const scoreConfigsQuery = (projectId: string) =>
  queryOptions({
    queryKey: ["score-configs", projectId, "active"],
    queryFn: async ({ signal }) => {
      const query = { limit: 100 };
      const page = await api.get("/api/public/score-configs", { project: projectId, query, signal });
      return page.data.filter((config) => !config.isArchived);
    },
  });

/** Whether a number is outside of what the config allows. */
export function outOfRange({ minValue, maxValue }: ScoreConfig, value: number | string): boolean {
  if (typeof value !== "number") return false;
  return (minValue !== null && value < minValue) || (maxValue !== null && value > maxValue);
}
