// Navigation: a column, a rail of icons, or below 1024 px a sheet over the page. One tree, CSS decides.
import { useRouter, useRouterState } from "@tanstack/react-router";
import clsx from "clsx";
import { House, LayoutGrid, PanelLeftClose, PanelLeftOpen, Search, Settings } from "lucide-react";
import { lazy, type ReactElement, Suspense } from "react";
import { findProject, useBoot, useMaybeOrganization, useMaybeProject } from "@/api";
import { Button, IconButton, Kbd, Link, Tooltip } from "@/design";
import { paths } from "@/kit/url";
import { type Place, type PlaceGroup, projectPlaces } from "./places";
import { recentProjects } from "./recent";

// The menus bring half of the component kit with them; the first paint does not wait for it.
const Switcher = lazy(() => import("./switcher"));
const UserMenu = lazy(() => import("./user-menu"));

export interface SidebarProps {
  isRail: boolean;
  onRail: (isRail: boolean) => void;
  /** Only below 1024 px. */
  isOpen: boolean;
  onClose: () => void;
  onPalette: () => void;
  onHelp: () => void;
}

function Entry({
  place,
  isRail,
  onClose,
}: {
  place: Place;
  isRail: boolean;
  onClose: () => void;
}): ReactElement {
  const router = useRouter();
  // The router's pathname is without the prefix that the server is mounted at, as are our hrefs.
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const target = decodeURI(place.href);
  const here = pathname === target || (place.id !== "home" && pathname.startsWith(`${target}/`));
  const Icon = place.icon;
  const link = (
    <Link
      look="plain"
      href={place.href}
      onPress={onClose}
      // The page's code is there by the time of the click.
      onHoverStart={() => void router.preloadRoute({ to: place.href } as never).catch(() => {})}
      aria-current={here ? "page" : undefined}
      aria-label={isRail ? place.label : undefined}
      className={clsx(
        "flex h-7 min-w-0 items-center gap-2 px-2 font-medium coarse:h-9",
        isRail && "justify-center",
        here ? "bg-sel text-1" : "text-2 data-hovered:bg-s2 data-hovered:text-1",
      )}
    >
      <Icon size={16} aria-hidden className={clsx("shrink-0", here && "text-accent")} />
      {!isRail && <span className="truncate">{place.label}</span>}
    </Link>
  );
  return isRail ? (
    <Tooltip label={place.label} shortcut={place.keys} placement="right">
      {link}
    </Tooltip>
  ) : (
    link
  );
}

/** The project's pages; outside of a project the way back into the last one. */
function useGroups(): PlaceGroup[] {
  const project = useMaybeProject()?.project;
  const boot = useBoot();
  if (project) return projectPlaces(project);
  const last = recentProjects().flatMap((id) => findProject(boot, id)?.project ?? [])[0];
  const places: Place[] = [{ id: "home", label: "All projects", href: paths.picker(), icon: LayoutGrid }];
  if (last) places.push({ id: "home", label: last.name, href: paths.home(last.id), icon: House });
  return [{ title: null, places }];
}

export function Sidebar(props: SidebarProps): ReactElement {
  const { isRail, onRail, isOpen, onClose, onPalette, onHelp } = props;
  const project = useMaybeProject()?.project;
  const organization = useMaybeOrganization();
  const groups = useGroups();
  const settings: Place | null = project
    ? {
        id: "settings",
        label: "Settings",
        icon: Settings,
        href: `/project/${encodeURIComponent(project.id)}/settings`,
        keys: "g ,",
      }
    : organization
      ? {
          id: "settings",
          label: "Organization settings",
          icon: Settings,
          href: `${paths.organization(organization.id)}/settings`,
        }
      : null;
  return (
    <>
      {isOpen && <div aria-hidden onClick={onClose} className="fixed inset-0 z-20 bg-scrim lg:hidden" />}
      <nav
        aria-label="Main"
        data-chrome
        className={clsx(
          "flex shrink-0 flex-col gap-1 border-r border-line bg-s1 p-2",
          "max-lg:fixed max-lg:inset-y-0 max-lg:left-0 max-lg:z-20 max-lg:w-sidebar max-lg:shadow-float",
          !isOpen && "max-lg:hidden",
          isRail ? "lg:w-rail" : "lg:w-sidebar",
        )}
      >
        <Suspense
          fallback={
            <div className="h-10 truncate px-2 py-2.5 font-semibold">
              {!isRail && (project ?? organization)?.name}
            </div>
          }
        >
          <Switcher isRail={isRail && !isOpen} />
        </Suspense>
        {isRail && !isOpen ? (
          <IconButton label="Go to…" icon={Search} shortcut="mod+K" onPress={onPalette} className="w-full!" />
        ) : (
          <Button onPress={onPalette} className="justify-start! font-normal! text-3!">
            <Search size={14} aria-hidden />
            <span className="flex-1 text-left">Go to…</span>
            <Kbd keys="mod+K" />
          </Button>
        )}
        <div className="flex min-h-0 flex-1 flex-col gap-0.5 overflow-y-auto py-1">
          {groups.map(({ title, places }) => (
            <div key={title} role="group" aria-label={title ?? "Project"} className="flex flex-col gap-0.5">
              {title && (
                <p
                  aria-hidden
                  className={clsx(
                    "px-2 pt-3 pb-1 text-caption font-semibold text-3",
                    isRail && !isOpen && "invisible h-3 p-0!",
                  )}
                >
                  {title}
                </p>
              )}
              {places.map((place) => (
                <Entry key={place.href} place={place} isRail={isRail && !isOpen} onClose={onClose} />
              ))}
            </div>
          ))}
        </div>
        {settings && <Entry place={settings} isRail={isRail && !isOpen} onClose={onClose} />}
        <Suspense fallback={<div className="h-8" />}>
          <UserMenu isRail={isRail && !isOpen} onHelp={onHelp} />
        </Suspense>
        <IconButton
          label={isRail ? "Widen the sidebar" : "Narrow the sidebar"}
          icon={isRail ? PanelLeftOpen : PanelLeftClose}
          shortcut="["
          onPress={() => onRail(!isRail)}
          className="self-start max-lg:hidden!"
        />
      </nav>
    </>
  );
}
