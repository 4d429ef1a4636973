// Where to work: organizations with their projects, and what happened in each of them since yesterday.
import { useQuery } from "@tanstack/react-query";
import { Navigate, useSearch } from "@tanstack/react-router";
import { FolderPlus, Plus, Settings } from "lucide-react";
import { type KeyboardEvent, type ReactElement, useRef, useState } from "react";
import { type BootOrganization, useBoot, useMaybeOrganization } from "@/api";
import { EmptyState, ErrorState, Link, SearchField } from "@/design";
import { Page } from "@/kit/page";
import { paths } from "@/kit/url";
import { Invitations } from "./invitations";
import { ProjectCard } from "./project-card";
import { overviewQuery } from "./queries";

export default function PickerPage(): ReactElement {
  const boot = useBoot();
  const only = useMaybeOrganization();
  const { all } = useSearch({ strict: false }) as { all?: string };
  const projects = boot.organizations.flatMap((each) => each.projects);
  if (!only && all !== "1" && projects.length === 1 && boot.invitations === 0)
    return <Navigate to="/project/$projectId" params={{ projectId: projects[0]!.id } as never} replace />;
  if (boot.organizations.length === 0) return <NoOrganization mayCreate={mayCreate(boot.features)} />;
  return (
    <Picker
      organizations={only ? [only] : boot.organizations}
      mayCreate={!only && mayCreate(boot.features)}
    />
  );
}

const mayCreate = (features: Record<string, unknown>): boolean => features.createOrganization === true;

function NoOrganization({ mayCreate: may }: { mayCreate: boolean }): ReactElement {
  return (
    <Page title="Projects">
      <div className="mx-auto w-full max-w-280 p-4 empty:hidden">
        <Invitations />
      </div>
      <EmptyState
        title="You are in no organization yet"
        icon={FolderPlus}
        action={
          may && (
            <Link look="primary" href="/setup">
              New organization
            </Link>
          )
        }
      >
        {may ? "Make one, or ask for an invitation to one." : "Ask an administrator for an invitation."}
      </EmptyState>
    </Page>
  );
}

function Picker({
  organizations,
  mayCreate: may,
}: {
  organizations: readonly BootOrganization[];
  mayCreate: boolean;
}): ReactElement {
  const [text, setText] = useState("");
  const list = useRef<HTMLDivElement>(null);
  const { data: overview, error, refetch } = useQuery(overviewQuery);
  const wanted = text.trim().toLowerCase();
  const shown = organizations
    .map((each) => ({
      organization: each,
      projects: each.projects.filter(({ name }) => `${each.name} ${name}`.toLowerCase().includes(wanted)),
    }))
    .filter(({ projects }) => wanted === "" || projects.length > 0);

  /** From the search downwards into the cards, and from card to card. */
  function onKeyDown(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const cards = [...(list.current?.querySelectorAll<HTMLElement>("a[data-project]") ?? [])];
    const at = cards.indexOf(document.activeElement as HTMLElement);
    if (event.key === "Enter" && at < 0 && wanted !== "") cards[0]?.click();
    if (step === undefined || cards.length === 0) return;
    event.preventDefault();
    cards[Math.max(0, Math.min(cards.length - 1, at + step))]?.focus();
  }
  return (
    <Page
      title="Projects"
      actions={
        may && (
          <Link look="default" href="/setup">
            <Plus size={14} aria-hidden />
            New organization
          </Link>
        )
      }
    >
      <div
        role="presentation"
        ref={list}
        onKeyDown={onKeyDown}
        className="mx-auto flex w-full max-w-280 flex-col gap-6 overflow-y-auto p-4"
      >
        <SearchField
          label="Search projects"
          placeholder="Search projects"
          value={text}
          onChange={setText}
          autoFocus
          className="max-w-100"
        />
        <Invitations />
        {error && (
          <ErrorState
            compact
            title="What happened in the projects could not be read"
            error={error}
            onRetry={() => void refetch()}
          />
        )}
        {shown.length === 0 && <p className="text-2">No project is called so.</p>}
        {shown.map(({ organization, projects }) => (
          <section
            key={organization.id}
            aria-labelledby={`org-${organization.id}`}
            className="flex flex-col gap-3"
          >
            <header className="flex flex-wrap items-center gap-2">
              <h2 id={`org-${organization.id}`} className="text-section font-semibold">
                {organization.name}
              </h2>
              <span className="text-table text-3">
                {organization.role === "NONE" ? "" : organization.role?.toLowerCase()}
              </span>
              <span className="flex-1" />
              {organization.permissions.includes("organizationMembers:read") && (
                <Link
                  look="quiet"
                  size="compact"
                  href={paths.organizationSettings(organization.id, "members")}
                  aria-label={`Settings of ${organization.name}`}
                >
                  <Settings size={14} aria-hidden />
                  Settings
                </Link>
              )}
              {organization.permissions.includes("projects:create") && (
                <Link look="default" size="compact" href={paths.newProject(organization.id)}>
                  <FolderPlus size={14} aria-hidden />
                  New project
                </Link>
              )}
            </header>
            {projects.length === 0 ? (
              <div className="rounded-card border border-line">
                <EmptyState title="No project yet">
                  A project is one application, with its own data, keys and members.
                </EmptyState>
              </div>
            ) : (
              <ul className="grid grid-cols-[repeat(auto-fill,minmax(min(100%,18rem),1fr))] gap-3">
                {projects.map((project) => (
                  <li key={project.id}>
                    <ProjectCard
                      project={project}
                      glance={overview ? (overview.get(project.id) ?? null) : error ? "unknown" : undefined}
                    />
                  </li>
                ))}
              </ul>
            )}
          </section>
        ))}
      </div>
    </Page>
  );
}
