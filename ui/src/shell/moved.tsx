// Addresses that lead elsewhere: links of SDKs and notes, and folders without a page of their own.
import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { type ReactElement, useEffect } from "react";
import { api, useBoot, useOrganization, useProject } from "@/api";
import { parseSearch, paths, useGo, usePathId } from "@/kit/url";
import { FailurePage } from "./failures";
import { accountPlaces, organizationSettings, projectSettings } from "./places";
import { recentProjects } from "./recent";
import { PendingPage } from "./root";
import { herePath } from "./session";

/** Goes on at once, without an entry in the history. */
function Moved({ to }: { to: string }): ReactElement {
  const go = useGo();
  useEffect(() => go(to, "replace"), [go, to]);
  return <PendingPage />;
}

export const ToSignIn = (): ReactElement => <Moved to={paths.signIn()} />;
export const ToAccount = (): ReactElement => <Moved to={accountPlaces()[0]!.href} />;

export function ToProjectSettings(): ReactElement {
  const project = useProject();
  return <Moved to={projectSettings(project)[0]?.href ?? paths.home(project.id)} />;
}

export function ToKeys(): ReactElement {
  return <Moved to={paths.settings(useProject().id, "keys")} />;
}

export function ToOrganizationSettings(): ReactElement {
  const organization = useOrganization();
  return <Moved to={organizationSettings(organization)[0]?.href ?? paths.organization(organization.id)} />;
}

/** "/project/~/…": the same page in the project that was used last. */
export function ToLastProject(): ReactElement {
  const router = useRouter();
  const all = useBoot().organizations.flatMap(({ projects }) => projects.map(({ id }) => id));
  const project = recentProjects().find((id) => all.includes(id)) ?? all[0];
  const to = project
    ? herePath(router).replace(/^\/project\/~/, `/project/${encodeURIComponent(project)}`)
    : paths.picker();
  return <Moved to={to} />;
}

/** "/trace/<id>": its project is looked up. */
export function ToTrace(): ReactElement {
  const router = useRouter();
  const traceId = usePathId("traceId");
  const { data, error, refetch } = useQuery({
    queryKey: ["trace-project", traceId],
    queryFn: ({ signal }) => api.get("/api/ui/trace-project", { query: { id: traceId }, signal }),
  });
  if (error) return <FailurePage error={error} onRetry={() => void refetch()} />;
  if (!data) return <PendingPage />;
  const { id: _, ...query } = parseSearch(router.state.location.searchStr);
  return <Moved to={paths.trace(data.projectId, traceId, query)} />;
}
