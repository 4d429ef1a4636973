// Who is signed in, what they may do and where: one request at the start, asked again after changes of members or names.
import { queryOptions, useQuery, useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { useCallback, useMemo } from "react";
import { api } from "./client";
import type { Schema } from "./operations";
import { setCsrf } from "./send";

export type Preferences = Schema<"Preferences">;
export type BootProject = Schema<"BootProjectOut">;
export type BootOrganization = Schema<"BootOrganizationOut">;
export type Boot = Schema<"BootOut">;
export type Permission = Schema<"Permission">;

export const bootQuery = queryOptions({
  queryKey: ["boot"],
  queryFn: async ({ signal }) => {
    const boot = await api.get("/api/ui/boot", { signal });
    setCsrf(boot.csrf);
    return boot;
  },
  staleTime: 5 * 60_000,
});

/** The boot data. Only inside of pages that need a signed-in person: there it is always loaded. */
export function useBoot(): Boot {
  const { data } = useQuery(bootQuery);
  if (!data) throw new Error("useBoot outside of a signed-in page");
  return data;
}

/** Asks for the boot data again, after a name, a member or a project changed. */
export function useRefreshBoot(): () => Promise<void> {
  const queries = useQueryClient();
  return useCallback(() => queries.invalidateQueries({ queryKey: bootQuery.queryKey }), [queries]);
}

export interface ProjectPlace {
  project: BootProject;
  organization: BootOrganization;
}

/** The project of this id among those that the person sees. */
export function findProject(boot: Boot, projectId: string | undefined): ProjectPlace | undefined {
  for (const organization of boot.organizations) {
    const project = organization.projects.find(({ id }) => id === projectId);
    if (project) return { project, organization };
  }
  return undefined;
}

/** The boot data if they are there. Never asks for them: the sign-in pages use this too. */
function useMaybeBoot(): Boot | undefined {
  return useQuery({ ...bootQuery, enabled: false }).data;
}

/** The project of the page, or undefined on pages outside of any. */
export function useMaybeProject(): ProjectPlace | undefined {
  const data = useMaybeBoot();
  const { projectId } = useParams({ strict: false }) as { projectId?: string };
  return useMemo(() => (data ? findProject(data, projectId) : undefined), [data, projectId]);
}

/** The project of the page, with its organization. Only below /project/$projectId. */
export function useProject(): BootProject & { organization: BootOrganization } {
  const place = useMaybeProject();
  if (!place) throw new Error("useProject outside of a project's page");
  return useMemo(() => ({ ...place.project, organization: place.organization }), [place]);
}

/** Whether the person may do this in the page's project (or, outside of one, in the page's organization). */
export function useCan(permission: Permission): boolean {
  const place = useMaybeProject();
  const organization = useMaybeOrganization();
  return (place?.project.permissions ?? organization?.permissions ?? []).includes(permission);
}

/** The organization of the page, or the one of its project. */
export function useMaybeOrganization(): BootOrganization | undefined {
  const place = useMaybeProject();
  const data = useMaybeBoot();
  const { organizationId } = useParams({ strict: false }) as { organizationId?: string };
  return place?.organization ?? data?.organizations.find(({ id }) => id === organizationId);
}

/** The organization of the page. Only below /organization/$organizationId or a project. */
export function useOrganization(): BootOrganization {
  const organization = useMaybeOrganization();
  if (!organization) throw new Error("useOrganization outside of an organization's page");
  return organization;
}

/** Stores preferences on the server and in what is shown, at once. */
export async function savePreferences(queries: QueryClient, change: Partial<Preferences>): Promise<void> {
  const before = queries.getQueryData(bootQuery.queryKey);
  const preferences = { ...before?.user.preferences, ...change };
  if (before) queries.setQueryData(bootQuery.queryKey, { ...before, user: { ...before.user, preferences } });
  await api.patch("/api/ui/account", { body: { preferences } });
}
