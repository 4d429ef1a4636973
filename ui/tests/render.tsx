// Renders a piece of a page as the application would: router with our URL codec, queries, who is signed in.
import { QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  Outlet,
  RouterProvider,
} from "@tanstack/react-router";
import { render, type RenderResult } from "@testing-library/react";
import type { ReactNode } from "react";
import { RouterProvider as AriaRouter } from "react-aria-components";
import { type Boot, bootQuery, makeQueryClient, type Permission } from "@/api";
import { ToastRegion } from "@/design";
import { parseSearch, stringifySearch } from "@/kit/url";

/** An owner of one organization with one project "p1". */
export function bootOf(permissions: Permission[] = [], change: Partial<Boot> = {}): Boot {
  const project = {
    id: "p1",
    name: "Shop",
    role: "OWNER" as const,
    permissions,
    retentionDays: null,
    createdAt: "2026-01-01T00:00:00.000Z",
  };
  return {
    user: { id: "u1", email: "ada@example.org", name: "Ada", preferences: {} },
    csrf: "csrf",
    version: "test",
    organizations: [{ id: "o1", name: "Acme", role: "OWNER", permissions, projects: [project] }],
    invitations: 0,
    features: { createOrganization: true, password: true, smtp: false },
    publicUrl: "http://localhost",
    currency: "USD",
    ...change,
  };
}

export interface Place {
  /** Address of the page; "/project/p1/x" makes useProject() work. */
  at?: string;
  /** Pattern with $projectId and so on. */
  route?: string;
  boot?: Boot | null;
}

export interface Rendered extends RenderResult {
  /** The address now. */
  address: () => string;
  back: () => void;
}

export async function renderAt(
  ui: ReactNode,
  { at = "/project/p1/page", route, boot = bootOf() }: Place = {},
): Promise<Rendered> {
  const queries = makeQueryClient();
  queries.setDefaultOptions({ queries: { ...queries.getDefaultOptions().queries, retry: false } });
  if (boot) queries.setQueryData(bootQuery.queryKey, boot);
  const root = createRootRoute({ component: Outlet });
  const page = createRoute({
    getParentRoute: () => root,
    path: route ?? "/project/$projectId/$",
    component: () => <>{ui}</>,
  });
  const history = createMemoryHistory({ initialEntries: [at] });
  const router = createRouter({ routeTree: root.addChildren([page]), history, parseSearch, stringifySearch });
  await router.load();
  const view = render(
    <AriaRouter navigate={(path) => history.push(path)}>
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
        <ToastRegion />
      </QueryClientProvider>
    </AriaRouter>,
  );
  return { ...view, address: () => history.location.href, back: () => history.back() };
}
