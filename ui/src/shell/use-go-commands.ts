// "g t" and the palette's places, from the same list as the sidebar; and the memory of what was visited.
import { useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useMaybeOrganization, useMaybeProject } from "@/api";
import { type Command, useCommands } from "@/kit/registry";
import { useGo } from "@/kit/url";
import {
  accountPlaces,
  organizationSettings,
  type Place,
  projectPlaces,
  projectSettings,
  setupPlace,
} from "./places";
import { rememberPage, rememberProject } from "./recent";
import { herePath } from "./session";

export function useGoCommands(): void {
  const go = useGo();
  const project = useMaybeProject()?.project;
  const organization = useMaybeOrganization();
  const command = (place: Place, group: string, prefix = ""): Command => ({
    id: `go.${place.id}`,
    title: prefix + place.label,
    group,
    shortcut: place.keys,
    keywords: place.keywords,
    icon: place.icon,
    run: () => go(place.href),
  });
  const main = project ? projectPlaces(project).flatMap(({ places }) => places) : [];
  const settings = project ? projectSettings(project) : [];
  const first = settings[0];
  useCommands([
    ...main.map((place) => command(place, "Go to")),
    project && command(setupPlace(project), "Go to"),
    first && { ...command(first, "Go to"), id: "go.settings", title: "Project settings", shortcut: "g ," },
    ...settings.map((place) => command(place, "Settings", "Settings: ")),
    ...(organization
      ? organizationSettings(organization).map((place) => command(place, "Settings", "Organization: "))
      : []),
    ...accountPlaces().map((place) => command(place, "Settings", "Account: ")),
  ]);
  useRemember(project?.id);
}

/** Keeps the last projects and pages; a page counts after it was looked at for a moment, with its title by then. */
function useRemember(project: string | undefined): void {
  const router = useRouter();
  useEffect(() => {
    if (project) rememberProject(project);
  }, [project]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const note = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const title = document.title.split(" \u00b7 ").slice(0, -1).join(" \u00b7 ");
        if (project && title) rememberPage({ title, path: herePath(router) });
      }, 2000);
    };
    note();
    const stop = router.subscribe("onResolved", note);
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [project, router]);
}
