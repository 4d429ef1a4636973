// The connections of a project, by the public routes.
import { queryOptions } from "@tanstack/react-query";
import { api, type Schema } from "@/api";
import type { Connection } from "./draft";

const CONNECTIONS = "/api/public/llm-connections";

export const connectionsQuery = (project: string) =>
  queryOptions({
    queryKey: ["llm-connections", project],
    queryFn: async ({ signal }) => {
      const found: Connection[] = [];
      for (let page = 1, last = 1; page <= last; page++) {
        const { data, meta } = await api.get(CONNECTIONS, { project, query: { page, limit: 100 }, signal });
        found.push(...data);
        last = meta.totalPages;
      }
      return found;
    },
  });

/** Creates it, or replaces the one of the same name. */
export const putConnection = (project: string, body: Schema<"UpsertLlmConnectionRequest">) =>
  api.put(CONNECTIONS, { body, project });

/** One small call with the stored key; null: the server chooses a model. */
export const testConnection = (project: string, id: string, model: string | null) =>
  api.post("/api/public/spyglass/llm-connections/{connection_id}/test", {
    path: { connection_id: id },
    body: { model },
    project,
  });

export const deleteConnection = (project: string, id: string) =>
  api.delete(`${CONNECTIONS}/{connection_id}`, { path: { connection_id: id }, project });
