// Members and invitations of an organization.
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, useRefreshBoot } from "@/api";

export const ROLES = ["OWNER", "ADMIN", "MEMBER", "VIEWER", "NONE"] as const;
export type Role = (typeof ROLES)[number];

export const ROLE_WORDS: Record<Role, { label: string; description: string }> = {
  OWNER: { label: "Owner", description: "Everything, also deleting" },
  ADMIN: { label: "Admin", description: "Settings, keys, members, data" },
  MEMBER: { label: "Member", description: "Works with the data, changes prompts and scores" },
  VIEWER: { label: "Viewer", description: "Reads" },
  NONE: { label: "None", description: "Sees only projects with a role of their own" },
};

/** Nobody gives more than they have. */
export const grantable = (own: string | null): Role[] => {
  const from = ROLES.indexOf((own ?? "NONE") as Role);
  return ROLES.slice(Math.max(0, from));
};

export interface Member {
  userId: string;
  name: string;
  email: string;
  role: Role;
  createdAt: string;
  disabled: boolean;
  projects: { projectId: string; role: Role }[];
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  projectId?: string | null;
  projectRole?: Role | null;
  invitedBy?: string | null;
  createdAt: string;
  expiresAt: string;
}

export interface Link {
  url: string;
  expiresAt: string;
}

const of = (organization: string): string => `/api/ui/organizations/${encodeURIComponent(organization)}`;
const member = (organization: string, user: string): string =>
  `${of(organization)}/members/${encodeURIComponent(user)}`;

export const membersQuery = (organization: string) =>
  queryOptions({
    queryKey: ["members", organization],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: Member[] }>(`${of(organization)}/members`, { signal })).data,
  });

export const invitationsQuery = (organization: string) =>
  queryOptions({
    queryKey: ["invitations", organization],
    queryFn: async ({ signal }) =>
      (await api.get<{ data: Invitation[] }>(`${of(organization)}/invitations`, { signal })).data,
  });

export const people = {
  setRole: (organization: string, user: string, role: Role) => api.put(member(organization, user), { role }),
  remove: (organization: string, user: string) => api.delete(member(organization, user)),
  /** Null: the role in the organization counts again. */
  setProjectRole: (organization: string, user: string, project: string, role: Role | null) => {
    const path = `${member(organization, user)}/projects/${encodeURIComponent(project)}`;
    return role ? api.put(path, { role }) : api.delete(path);
  },
  resetLink: (organization: string, user: string) =>
    api.post<Link>(`${member(organization, user)}/reset-link`),
  invite: (organization: string, body: object) =>
    api.post<Invitation & Link>(`${of(organization)}/invitations`, body),
  withdraw: (organization: string, invitation: string) =>
    api.delete(`${of(organization)}/invitations/${encodeURIComponent(invitation)}`),
};

/** Asks again for everything that a change of people shows in. */
export function useRefreshPeople(organization: string): () => Promise<void> {
  const queries = useQueryClient();
  const refreshBoot = useRefreshBoot();
  return useCallback(async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: ["members", organization] }),
      queries.invalidateQueries({ queryKey: ["invitations", organization] }),
      refreshBoot(),
    ]);
  }, [queries, refreshBoot, organization]);
}
