// The settings of a project and its keys.
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api";

export interface ProjectSettings {
  id: string;
  name: string;
  organizationId: string;
  retentionDays: number | null;
  bodyRetentionDays: number | null;
  createdAt: string;
}

export interface ApiKey {
  id: string;
  publicKey: string;
  secretKeyMasked: string;
  note: string | null;
  createdAt: string;
  lastUsedAt: string | null;
  expiresAt: string | null;
  createdBy: string | null;
}

export interface WouldDelete {
  traces: number;
  observations: number;
  scores: number;
}

const of = (project: string): string => `/api/ui/projects/${encodeURIComponent(project)}`;

export const projectQuery = (project: string) =>
  queryOptions({
    queryKey: ["project", project],
    queryFn: ({ signal }) => api.get<ProjectSettings>(of(project), { signal }),
  });

export const keysQuery = (project: string) =>
  queryOptions({
    queryKey: ["keys", project],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: ApiKey[] }>(`${of(project)}/keys`, { signal })).data,
    // "Last used" is what people come for.
    refetchInterval: 30_000,
  });

export const changeProject = (
  project: string,
  change: Partial<Pick<ProjectSettings, "name" | "retentionDays" | "bodyRetentionDays">>,
): Promise<ProjectSettings> => api.patch(of(project), change);

export const deleteProject = (project: string, organization: string): Promise<unknown> =>
  api.delete(`/api/public/projects/${encodeURIComponent(project)}`, { project, organization });

export const previewRetention = (project: string, retentionDays: number): Promise<WouldDelete> =>
  api.post(`${of(project)}/retention/preview`, { retentionDays });

export const createKey = (project: string, note: string): Promise<ApiKey & { secretKey: string }> =>
  api.post(`${of(project)}/keys`, { note: note || null });

export const revokeKey = (project: string, key: string): Promise<void> =>
  api.delete(`${of(project)}/keys/${encodeURIComponent(key)}`);
