// Where one can go: the one list behind the sidebar, the "g" keys and the palette.
import {
  Activity,
  Building2,
  FolderCog,
  House,
  type LucideIcon,
  ListTree,
  MessagesSquare,
  Rows3,
  Star,
  UserRound,
  Users,
} from "lucide-react";
import type { BootOrganization, BootProject } from "@/api";
import { paths } from "@/kit/url";

export interface Place {
  id: string;
  label: string;
  href: string;
  icon: LucideIcon;
  keys?: string;
  keywords?: string;
}

export interface PlaceGroup {
  title: string | null;
  places: Place[];
}

/** Main entries of a project. Entries of what the role may not see, or this server does not have, are absent. */
export function projectPlaces({ id, permissions }: BootProject): PlaceGroup[] {
  if (!permissions.includes("project:read")) return [];
  return [
    {
      title: null,
      places: [
        {
          id: "home",
          label: "Home",
          href: paths.home(id),
          icon: House,
          keys: "g h",
          keywords: "dashboard overview",
        },
      ],
    },
    {
      title: "Observe",
      places: [
        {
          id: "traces",
          label: "Traces",
          href: paths.traces(id),
          icon: ListTree,
          keys: "g t",
          keywords: "requests runs",
        },
        {
          id: "observations",
          label: "Observations",
          href: paths.observations(id),
          icon: Rows3,
          keys: "g o",
          keywords: "spans generations tools calls",
        },
        {
          id: "sessions",
          label: "Sessions",
          href: paths.sessions(id),
          icon: MessagesSquare,
          keys: "g s",
          keywords: "conversations threads chats",
        },
        {
          id: "users",
          label: "Users",
          href: paths.users(id),
          icon: Users,
          keys: "g u",
          keywords: "people customers",
        },
      ],
    },
    {
      title: "Evaluate",
      places: [
        {
          id: "scores",
          label: "Scores",
          href: paths.scores(id),
          icon: Star,
          keys: "g c",
          keywords: "feedback evaluation ratings",
        },
      ],
    },
  ];
}

interface SettingsPage {
  slug: string;
  label: string;
  keywords: string;
  needs?: string;
}

const PROJECT_SETTINGS: SettingsPage[] = [
  { slug: "general", label: "General", keywords: "name id delete transfer" },
  { slug: "keys", label: "API keys", keywords: "public secret token credentials env", needs: "apiKeys:read" },
  { slug: "members", label: "Members", keywords: "roles people invite access", needs: "projectMembers:read" },
  { slug: "models", label: "Models and prices", keywords: "cost price tokens ledger reprice self-hosted" },
  {
    slug: "llm-connections",
    label: "LLM connections",
    keywords: "provider openai anthropic key",
    needs: "llmApiKeys:read",
  },
  {
    slug: "score-configs",
    label: "Score configs",
    keywords: "categories feedback scale",
    needs: "scoreConfigs:read",
  },
  { slug: "retention", label: "Retention", keywords: "days delete old data privacy" },
  { slug: "ingestion", label: "Ingestion health", keywords: "rejected errors sdk versions lag" },
  { slug: "audit-log", label: "Audit log", keywords: "history changes who when", needs: "auditLogs:read" },
];

const ORGANIZATION_SETTINGS: SettingsPage[] = [
  { slug: "general", label: "General", keywords: "name id delete" },
  {
    slug: "members",
    label: "Members",
    keywords: "roles people invite access",
    needs: "organizationMembers:read",
  },
  {
    slug: "keys",
    label: "API keys",
    keywords: "organization scim token",
    needs: "organization:CRUD_apiKeys",
  },
  { slug: "audit-log", label: "Audit log", keywords: "history changes", needs: "auditLogs:read" },
];

const ACCOUNT: SettingsPage[] = [
  { slug: "profile", label: "Profile", keywords: "name e-mail" },
  { slug: "password", label: "Password", keywords: "change security" },
  { slug: "sessions", label: "Sessions and devices", keywords: "sign out security" },
  {
    slug: "preferences",
    label: "Preferences",
    keywords: "theme dark density time zone locale shortcuts motion",
  },
];

const allowed = (pages: SettingsPage[], permissions: readonly string[]): SettingsPage[] =>
  pages.filter(({ needs }) => !needs || permissions.includes(needs));

/** Pages of a project's settings that the role may see. */
export function projectSettings({ id, permissions }: BootProject): Place[] {
  return allowed(PROJECT_SETTINGS, permissions).map(({ slug, label, keywords }) => ({
    id: `settings.${slug}`,
    label,
    keywords,
    href: paths.settings(id, slug),
    icon: FolderCog,
  }));
}

export function organizationSettings({ id, permissions }: BootOrganization): Place[] {
  return allowed(ORGANIZATION_SETTINGS, permissions).map(({ slug, label, keywords }) => ({
    id: `organization.${slug}`,
    label,
    keywords,
    href: paths.organizationSettings(id, slug),
    icon: Building2,
  }));
}

export function accountPlaces(): Place[] {
  return ACCOUNT.map(({ slug, label, keywords }) => ({
    id: `account.${slug}`,
    label,
    keywords,
    href: paths.account(slug),
    icon: UserRound,
  }));
}

export const setupPlace = (project: BootProject): Place => ({
  id: "setup",
  label: "Set up tracing",
  href: paths.setup(project.id),
  icon: Activity,
  keywords: "snippet sdk keys onboarding first trace",
});
