// One question of a page: loaded by itself, failing by itself. While a new range loads, the old answer stays.
import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ask, type Version } from "./ask";
import { write, type Answer, type Question, type Scope } from "./question";

export type MetricsQuery = UseQueryResult<Answer>;

/** v1 answers all rows; v2 has the kinds of usage. A scope of null waits. */
export function useMetrics(
  projectId: string,
  question: Question,
  scope: Scope | null,
  version: Version = "v1",
): MetricsQuery {
  return useQuery({
    queryKey: ["metrics", projectId, version, scope ? write(question, scope) : ""],
    queryFn: ({ signal }) => ask(projectId, version, question, scope!, signal),
    enabled: scope !== null,
    // Never the numbers of another project.
    placeholderData: (old, query) => (query?.queryKey[1] === projectId ? old : undefined),
  });
}

/** What a card that needs several answers shows: loading until all are there, the first error. */
export function together(...queries: readonly MetricsQuery[]) {
  const failed = queries.find(({ error }) => error);
  return {
    error: failed?.error ?? null,
    isLoading: queries.some(({ data, error }) => data === undefined && !error),
    isStale: queries.some(({ isPlaceholderData }) => isPlaceholderData),
    retry: () => {
      for (const query of queries) if (query.error) void query.refetch();
    },
  };
}
