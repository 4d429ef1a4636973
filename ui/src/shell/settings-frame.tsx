// Settings pages with their list beside them: of the project and its organization, of an organization, or of the account.
import { Outlet, useRouterState } from "@tanstack/react-router";
import clsx from "clsx";
import { type ReactElement, useEffect, useRef } from "react";
import { useMaybeOrganization, useMaybeProject } from "@/api";
import { Link } from "@/design";
import { accountPlaces, organizationSettings, type PlaceGroup, projectSettings } from "./places";

function useGroups(): PlaceGroup[] {
  const project = useMaybeProject()?.project;
  const organization = useMaybeOrganization();
  if (!organization) return [{ title: "Account", places: accountPlaces() }];
  return [
    ...(project ? [{ title: "Project", places: projectSettings(project) }] : []),
    { title: "Organization", places: organizationSettings(organization) },
  ].filter(({ places }) => places.length > 0);
}

export function SettingsFrame(): ReactElement {
  const groups = useGroups();
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const list = useRef<HTMLElement>(null);
  useEffect(() => {
    // On a phone the list is one line that scrolls.
    const current = list.current?.querySelector("[aria-current=page]");
    current?.scrollIntoView?.({ block: "nearest", inline: "center" });
  }, [pathname]);
  return (
    <div className="flex min-h-0 flex-1 max-md:flex-col">
      <nav
        ref={list}
        aria-label="Settings"
        data-chrome
        className="flex shrink-0 gap-4 overflow-auto border-line p-2 max-md:border-b md:w-52 md:flex-col md:border-r"
      >
        {groups.map(({ title, places }) => (
          <div
            key={title}
            role="group"
            aria-label={title ?? undefined}
            className="flex shrink-0 gap-0.5 md:flex-col"
          >
            <p aria-hidden className="px-2 pt-1 pb-1 text-caption font-semibold text-3 max-md:self-center">
              {title}
            </p>
            {places.map(({ id, label, href }) => {
              const isHere = pathname === decodeURI(href);
              return (
                <Link
                  key={id}
                  look="plain"
                  href={href}
                  aria-current={isHere ? "page" : undefined}
                  className={clsx(
                    "focus-inset flex h-7 shrink-0 items-center px-2 whitespace-nowrap coarse:h-9",
                    isHere ? "bg-sel font-medium text-1" : "text-2 data-hovered:bg-s2 data-hovered:text-1",
                  )}
                >
                  {label}
                </Link>
              );
            })}
          </div>
        ))}
      </nav>
      <div className="flex min-h-0 min-w-0 flex-1 flex-col overflow-auto">
        <Outlet />
      </div>
    </div>
  );
}
