// Which project: the five last ones first, then all by organization.
import { Check, ChevronsUpDown, FolderPlus, LayoutGrid } from "lucide-react";
import type { ReactElement } from "react";
import { Button as AriaButton } from "react-aria-components";
import { type Boot, type BootProject, useBoot, useMaybeOrganization, useMaybeProject } from "@/api";
import { MenuItem, MenuSection, MenuSeparator, MenuTrigger } from "@/design";
import { paths } from "@/kit/url";
import { recentProjects } from "./recent";

const MANY = 8;

function recentOf(boot: Boot): BootProject[] {
  const all = boot.organizations.flatMap(({ projects }) => projects);
  if (all.length <= MANY) return [];
  return recentProjects().flatMap((id) => all.find((project) => project.id === id) ?? []);
}

function item(project: BootProject, current: string | undefined, group: string): ReactElement {
  return (
    <MenuItem
      key={`${group}.${project.id}`}
      id={`${group}.${project.id}`}
      href={paths.home(project.id)}
      textValue={project.name}
      icon={project.id === current ? Check : undefined}
    >
      {project.name}
    </MenuItem>
  );
}

export default function Switcher({ isRail }: { isRail: boolean }): ReactElement {
  const boot = useBoot();
  const place = useMaybeProject();
  const organization = useMaybeOrganization();
  const current = place?.project.id;
  const title = place?.project.name ?? organization?.name ?? "All projects";
  const recent = recentOf(boot);
  return (
    <MenuTrigger
      label="Projects"
      trigger={
        <AriaButton className="flex h-10 w-full min-w-0 items-center gap-2 rounded-control px-2 text-left data-hovered:bg-s2">
          <span
            aria-hidden
            className="flex size-6 shrink-0 items-center justify-center rounded-control bg-accent text-table font-semibold text-on-accent"
          >
            {title.slice(0, 1).toUpperCase()}
          </span>
          <span className="sr-only">{isRail ? `${title}. Switch project` : "Switch project: "}</span>
          {!isRail && (
            <>
              <span className="min-w-0 flex-1">
                <span className="block truncate text-base font-semibold">{title}</span>
                {place && (
                  <span className="block truncate text-caption text-3">{place.organization.name}</span>
                )}
              </span>
              <ChevronsUpDown size={14} aria-hidden className="shrink-0 text-3" />
            </>
          )}
        </AriaButton>
      }
    >
      {recent.length > 0 && (
        <MenuSection title="Recent">{recent.map((project) => item(project, current, "recent"))}</MenuSection>
      )}
      {boot.organizations.map(({ id, name, projects }) => (
        <MenuSection key={id} title={name}>
          {projects.map((project) => item(project, current, "all"))}
        </MenuSection>
      ))}
      <MenuSeparator />
      <MenuItem id="pick" href={paths.picker()} icon={LayoutGrid}>
        All projects
      </MenuItem>
      {organization?.permissions.includes("projects:create") && (
        <MenuItem id="new" href={paths.newProject(organization.id)} icon={FolderPlus}>
          New project
        </MenuItem>
      )}
    </MenuTrigger>
  );
}
