// The settings of a project and its keys.
import { queryOptions } from "@tanstack/react-query";
import { api, type Schema } from "@/api";

export type ApiKey = Schema<"KeyOut">;
export type WouldDelete = Schema<"RetentionPreviewOut">;

const PROJECT = "/api/ui/projects/{project_id}";
const of = (project: string) => ({ project_id: project });

export const projectQuery = (project: string) =>
  queryOptions({
    queryKey: ["project", project],
    queryFn: ({ signal }) => api.get(PROJECT, { path: of(project), signal }),
  });

export const keysQuery = (project: string) =>
  queryOptions({
    queryKey: ["keys", project],
    queryFn: async ({ signal }) => (await api.get(`${PROJECT}/keys`, { path: of(project), signal })).data,
    // "Last used" is what people come for.
    refetchInterval: 30_000,
  });

export const changeProject = (project: string, change: Schema<"ProjectPatchIn">) =>
  api.patch(PROJECT, { path: of(project), body: change });

export const deleteProject = (project: string) => api.delete(PROJECT, { path: of(project) });

export const previewRetention = (project: string, retentionDays: number) =>
  api.post(`${PROJECT}/retention/preview`, { path: of(project), body: { retentionDays } });

export const createKey = (project: string, note: string) =>
  api.post(`${PROJECT}/keys`, { path: of(project), body: { note: note || null } });

export const revokeKey = (project: string, key: string) =>
  api.delete(`${PROJECT}/keys/{api_key_id}`, { path: { ...of(project), api_key_id: key } });
