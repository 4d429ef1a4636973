// The connections of a project, by the public routes.
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api";
import type { Connection } from "./draft";

const PATH = "/api/public/llm-connections";

interface Answer {
  data: Connection[];
  meta: { totalPages: number };
}

export const connectionsQuery = (project: string) =>
  queryOptions({
    queryKey: ["llm-connections", project],
    queryFn: async ({ signal }) => {
      const found: Connection[] = [];
      for (let page = 1, last = 1; page <= last; page++) {
        const { data, meta } = await api.get<Answer>(PATH, { project, query: { page, limit: 100 }, signal });
        found.push(...data);
        last = meta.totalPages;
      }
      return found;
    },
  });

/** Creates it, or replaces the one of the same name. */
export const putConnection = (project: string, body: object): Promise<Connection> =>
  api.put(PATH, body, { project });

export const deleteConnection = (project: string, id: string): Promise<unknown> =>
  api.delete(`${PATH}/${encodeURIComponent(id)}`, { project });
