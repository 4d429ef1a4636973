// Organizations and projects: what happened in each, and how new ones are made.
import { queryOptions } from "@tanstack/react-query";
import { api } from "@/api";

/** A project in the last 24 hours. `sparkline`: traces an hour, oldest first. */
export interface Glance {
  id: string;
  traces24h: number;
  errors24h: number;
  cost24h: number | null;
  lastEventAt: string | null;
  sparkline: number[];
}

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: async ({ signal }) => {
    const { projects } = await api.get<{ projects: Glance[] }>("/api/ui/overview", { signal });
    return new Map(projects.map((each) => [each.id, each]));
  },
  refetchInterval: 30_000,
});

export const createOrganization = (name: string): Promise<{ id: string; name: string }> =>
  api.post("/api/ui/organizations", { name });

export interface NewProject {
  id: string;
  name: string;
  key: { publicKey: string; secretKey: string };
}

export const createProject = (organizationId: string, body: object): Promise<NewProject> =>
  api.post(`/api/ui/organizations/${encodeURIComponent(organizationId)}/projects`, body);
