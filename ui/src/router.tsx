// All routes. Pages are loaded when they are first needed.
import type { QueryClient } from "@tanstack/react-query";
import {
  type AnyRoute,
  createRootRouteWithContext,
  createRoute,
  createRouter,
  type ErrorComponentProps,
  lazyRouteComponent,
  notFound,
  redirect,
  type RouterHistory,
  useRouter,
} from "@tanstack/react-router";
import type { ReactElement } from "react";
import { ApiError, bootQuery, config, findProject } from "@/api";
import { loadShort, parseSearch, stringifySearch } from "@/kit/url";
import { OPEN, ORGANIZATION, type PageTable, PROJECT, SIGNED_IN } from "./pages";
import { FailurePage, NotFoundPage } from "@/shell/failures";
import { Layout } from "@/shell/layout";
import * as moved from "@/shell/moved";
import { PendingPage, Root } from "@/shell/root";
import { SettingsFrame } from "@/shell/settings-frame";
import { loadPage } from "@/shell/stale-tab";

interface Context {
  queries: QueryClient;
}

const root = createRootRouteWithContext<Context>()({ component: Root, notFoundComponent: NotFoundPage });

/** Pages of those who are not signed in. */
const open = createRoute({ getParentRoute: () => root, id: "open" });

/** Everything that needs a signed-in person. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: "signed-in",
  beforeLoad: async ({ context, location }) => {
    try {
      await context.queries.ensureQueryData(bootQuery);
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 401) throw error;
      const next = location.href === "/" ? undefined : location.href;
      throw redirect({ to: "/auth/sign-in", search: { next } as never, replace: true });
    }
  },
  component: Layout,
});

const project = createRoute({
  getParentRoute: () => signedIn,
  path: "/project/$projectId",
  beforeLoad: async ({ context, params, location }) => {
    const boot = await context.queries.ensureQueryData(bootQuery);
    if (!findProject(boot, params.projectId)) throw notFound();
    await loadShort(params.projectId, location.searchStr);
  },
  notFoundComponent: NotFoundPage,
});

const organization = createRoute({
  getParentRoute: () => signedIn,
  path: "/organization/$organizationId",
  beforeLoad: async ({ context, params }) => {
    const boot = await context.queries.ensureQueryData(bootQuery);
    if (!boot.organizations.some(({ id }) => id === params.organizationId)) throw notFound();
  },
  notFoundComponent: NotFoundPage,
});

function route(parent: AnyRoute, [path, load]: PageTable[number]): AnyRoute {
  return createRoute({
    getParentRoute: () => parent,
    path,
    component: lazyRouteComponent(() => loadPage(load)),
  }) as unknown as AnyRoute;
}

/** The pages of a table; those of settings and of the account get their list beside them. */
function routes(parent: AnyRoute, table: PageTable): AnyRoute[] {
  const isFramed = ([path]: PageTable[number]): boolean => /^\/(?:settings|account)\//.test(path);
  const framed = table.filter(isFramed);
  const plain = table.filter((entry) => !isFramed(entry)).map((entry) => route(parent, entry));
  if (framed.length === 0) return plain;
  const frame = createRoute({
    getParentRoute: () => parent,
    id: "settings-frame",
    component: SettingsFrame,
  }) as unknown as AnyRoute;
  return [...plain, frame.addChildren(framed.map((entry) => route(frame, entry)))];
}

/** Addresses that lead elsewhere. */
function redirects(parent: AnyRoute, table: Record<string, () => ReactElement>): AnyRoute[] {
  return Object.entries(table).map(
    ([path, component]) =>
      createRoute({ getParentRoute: () => parent, path, component }) as unknown as AnyRoute,
  );
}

function Failed({ error, reset }: ErrorComponentProps): ReactElement {
  const router = useRouter();
  // Both: the boundary forgets the error, and what a route had loaded is loaded again.
  return <FailurePage error={error} onRetry={() => void router.invalidate().then(reset)} />;
}

const tree = root.addChildren([
  open.addChildren([...routes(open, OPEN), ...redirects(open, { "/auth": moved.ToSignIn })]),
  signedIn.addChildren([
    ...routes(signedIn, SIGNED_IN),
    ...redirects(signedIn, {
      "/account": moved.ToAccount,
      "/project/~": moved.ToLastProject,
      "/project/~/$": moved.ToLastProject,
      "/trace/$traceId": moved.ToTrace,
      // Within the shell, and after signing in: only then is it known that there is nothing.
      "/$": NotFoundPage,
    }),
    project.addChildren([
      ...routes(project, PROJECT),
      ...redirects(project, {
        "/settings": moved.ToProjectSettings,
        "/settings/api-keys": moved.ToKeys,
        "/$": NotFoundPage,
      }),
    ]),
    organization.addChildren([
      ...routes(organization, ORGANIZATION),
      ...redirects(organization, { "/settings": moved.ToOrganizationSettings, "/$": NotFoundPage }),
    ]),
  ]),
]);

// eslint-disable-next-line typescript/explicit-function-return-type -- the type is the tree
export function makeRouter(queries: QueryClient, history?: RouterHistory) {
  return createRouter({
    routeTree: tree,
    context: { queries },
    history,
    basepath: config.basePath || "/",
    parseSearch,
    stringifySearch,
    defaultErrorComponent: Failed,
    defaultNotFoundComponent: NotFoundPage,
    defaultPendingComponent: PendingPage,
    defaultPendingMs: 400,
    defaultPendingMinMs: 0,
    trailingSlash: "never",
  });
}
