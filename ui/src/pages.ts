// Which file is the page of which path; each is a chunk of its own, loaded when it is first needed.
import type { ComponentType } from "react";

export type PageModule = { default: ComponentType };
export type PageTable = readonly (readonly [path: string, load: () => Promise<PageModule>])[];

// Listed as soon as they are there; either place is fine.
const LATER = import.meta.glob<PageModule>([
  "./features/{models,llm-connections}/page.tsx",
  "./features/settings/{models,llm-connections}.tsx",
]);

function later(path: string, ...files: string[]): PageTable {
  const load = files.map((file) => LATER[`./features/${file}.tsx`]).find(Boolean);
  return load ? [[path, load]] : [];
}

/** For those who are not signed in. */
export const OPEN: PageTable = [
  ["/auth/sign-in", () => import("./features/sign-in/sign-in")],
  ["/auth/sign-up", () => import("./features/sign-in/sign-up")],
  ["/auth/setup", () => import("./features/sign-in/setup")],
  ["/auth/reset-password", () => import("./features/sign-in/reset")],
  ["/auth/invite/$token", () => import("./features/sign-in/invite")],
  ["/public/traces/$traceId", () => import("./features/trace/published")],
];

export const SIGNED_IN: PageTable = [
  ["/", () => import("./features/projects/picker")],
  ["/setup", () => import("./features/projects/create")],
  ["/account/profile", () => import("./features/account/profile")],
  ["/account/password", () => import("./features/account/password")],
  ["/account/sessions", () => import("./features/account/sessions")],
  ["/account/preferences", () => import("./features/account/preferences")],
];

/** Below /organization/$organizationId. */
export const ORGANIZATION: PageTable = [
  ["/", () => import("./features/projects/picker")],
  ["/setup", () => import("./features/projects/create")],
  ["/settings/general", () => import("./features/settings/organization-general")],
  ["/settings/members", () => import("./features/settings/organization-members")],
  ["/settings/keys", () => import("./features/settings/organization-keys")],
  ["/settings/audit-log", () => import("./features/settings/organization-audit-log")],
];

/** Below /project/$projectId. */
export const PROJECT: PageTable = [
  ["/", () => import("./features/home/page")],
  ["/setup", () => import("./features/projects/setup")],
  ["/traces", () => import("./features/traces/page")],
  ["/traces/setup", () => import("./features/projects/setup")],
  ["/traces/compare", () => import("./features/compare/page")],
  ["/traces/$traceId", () => import("./features/trace/page")],
  ["/observations", () => import("./features/observations/page")],
  ["/sessions", () => import("./features/sessions/page")],
  ["/sessions/$sessionId", () => import("./features/sessions/session")],
  ["/users", () => import("./features/users/page")],
  ["/users/$userId", () => import("./features/users/user")],
  ["/scores", () => import("./features/scores/page")],
  ["/settings/general", () => import("./features/settings/general")],
  ["/settings/members", () => import("./features/settings/members")],
  ["/settings/keys", () => import("./features/settings/keys")],
  ...later("/settings/models", "models/page", "settings/models"),
  ...later("/settings/llm-connections", "llm-connections/page", "settings/llm-connections"),
  ["/settings/retention", () => import("./features/settings/retention")],
  ["/settings/audit-log", () => import("./features/settings/audit-log")],
  ["/settings/ingestion", () => import("./features/settings/ingestion")],
  ["/settings/score-configs", () => import("./features/settings/score-configs")],
];
