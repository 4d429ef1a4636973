// Members and invitations of an organization.
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { api, type Schema, useRefreshBoot } from "@/api";

export type Role = Schema<"Role">;
export const ROLES: readonly Role[] = ["OWNER", "ADMIN", "MEMBER", "VIEWER", "NONE"];

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

export type Member = Schema<"MemberOut">;
export type Invitation = Schema<"InvitationOut">;
export type Link = Schema<"ResetLinkOut">;

const ORGANIZATION = "/api/ui/organizations/{organization_id}";
const MEMBER = `${ORGANIZATION}/members/{user_id}` as const;
const of = (organization: string) => ({ organization_id: organization });
const member = (organization: string, user: string) => ({ ...of(organization), user_id: user });

export const membersQuery = (organization: string) =>
  queryOptions({
    queryKey: ["members", organization],
    queryFn: async ({ signal }) =>
      (await api.get(`${ORGANIZATION}/members`, { path: of(organization), signal })).data,
  });

export const invitationsQuery = (organization: string) =>
  queryOptions({
    queryKey: ["invitations", organization],
    queryFn: async ({ signal }) =>
      (await api.get(`${ORGANIZATION}/invitations`, { path: of(organization), signal })).data,
  });

export const people = {
  setRole: (organization: string, user: string, role: Role) =>
    api.put(MEMBER, { path: member(organization, user), body: { role } }),
  remove: (organization: string, user: string) => api.delete(MEMBER, { path: member(organization, user) }),
  /** Null: the role in the organization counts again. */
  setProjectRole: (organization: string, user: string, project: string, role: Role | null) => {
    const path = { ...member(organization, user), project_id: project };
    const place = `${MEMBER}/projects/{project_id}` as const;
    return role ? api.put(place, { path, body: { role } }) : api.delete(place, { path });
  },
  resetLink: (organization: string, user: string) =>
    api.post(`${MEMBER}/reset-link`, { path: member(organization, user) }),
  invite: (organization: string, body: Schema<"InvitationIn">) =>
    api.post(`${ORGANIZATION}/invitations`, { path: of(organization), body }),
  withdraw: (organization: string, invitation: string) =>
    api.delete(`${ORGANIZATION}/invitations/{invitation_id}`, {
      path: { ...of(organization), invitation_id: invitation },
    }),
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
