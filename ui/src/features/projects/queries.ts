// Organizations and projects: what happened in each, and how new ones are made.
import { queryOptions } from "@tanstack/react-query";
import { api, type Schema } from "@/api";

/** A project in the last 24 hours. `sparkline`: traces an hour, oldest first. */
export type Glance = Schema<"OverviewOut">["projects"][number];

export const overviewQuery = queryOptions({
  queryKey: ["overview"],
  queryFn: async ({ signal }) => {
    const { projects } = await api.get("/api/ui/overview", { signal });
    return new Map(projects.map((each) => [each.id, each]));
  },
  refetchInterval: 30_000,
});

export const createOrganization = (name: string) => api.post("/api/ui/organizations", { body: { name } });

export const createProject = (organizationId: string, body: Schema<"NewProjectIn">) =>
  api.post("/api/ui/organizations/{organization_id}/projects", {
    path: { organization_id: organizationId },
    body,
  });

export type Invitation = Schema<"PendingOut">;

export const invitationsQuery = queryOptions({
  queryKey: ["account-invitations"],
  queryFn: async ({ signal }) => (await api.get("/api/ui/account/invitations", { signal })).data,
});

const byId = (id: string) => ({ path: { invitation_id: id } });

export const acceptInvitation = (id: string) =>
  api.post("/api/ui/account/invitations/{invitation_id}/accept", byId(id));

export const declineInvitation = (id: string) =>
  api.delete("/api/ui/account/invitations/{invitation_id}", byId(id));
