// The last projects and pages of this browser, for the switcher and the palette.
import { readLocal, writeLocal } from "@/kit/local-store";

export interface Visit {
  title: string;
  path: string;
}

const PROJECTS = "recent-projects";
const PAGES = "recent-pages";

export const recentProjects = (): string[] => readLocal<string[]>(PROJECTS, []);

export function rememberProject(id: string): void {
  const before = recentProjects();
  if (before[0] !== id) writeLocal(PROJECTS, [id, ...before.filter((other) => other !== id)].slice(0, 5));
}

export const recentPages = (): Visit[] => readLocal<Visit[]>(PAGES, []);

export function rememberPage(visit: Visit): void {
  writeLocal(PAGES, [visit, ...recentPages().filter(({ path }) => path !== visit.path)].slice(0, 12));
}
