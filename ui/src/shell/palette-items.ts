// The groups of the palette for what is typed: commands, projects, recent pages, what the server knows under an id.
import { useQuery } from "@tanstack/react-query";
import {
  Box,
  CircleUser,
  Clock,
  FolderOpen,
  Hash,
  ListTree,
  type LucideIcon,
  MessagesSquare,
  Search,
} from "lucide-react";
import { useEffect, useState } from "react";
import { api, type Schema, useBoot, useMaybeProject } from "@/api";
import { PAGE_GROUP, shortcutsOf, useCommandList } from "@/kit/registry";
import { paths, useGo } from "@/kit/url";
import { looksLikeId, search } from "./palette-search";
import { recentPages } from "./recent";

export interface PaletteItem {
  id: string;
  title: string;
  keywords?: string;
  detail?: string;
  icon?: LucideIcon;
  shortcut?: string;
  run: () => void;
}

export interface PaletteGroup {
  title: string;
  items: PaletteItem[];
}

type Match = Schema<"MatchOut">;

const KIND_ICON: Record<string, LucideIcon> = {
  trace: ListTree,
  observation: Box,
  session: MessagesSquare,
  user: CircleUser,
};

function useSettled(text: string, ms: number): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), ms);
    return () => clearTimeout(timer);
  }, [text, ms]);
  return settled;
}

/** Asks the server what an id or a pasted address is. Old results stay while the next load. */
function useResolved(text: string, isOn: boolean): { matches: Match[]; isLoading: boolean } {
  const settled = useSettled(text, 150);
  const isAsked = isOn && settled !== "";
  const { data, isFetching } = useQuery({
    queryKey: ["resolve", settled],
    queryFn: ({ signal }) => api.get("/api/ui/resolve", { query: { text: settled }, signal }),
    enabled: isAsked,
    staleTime: 60_000,
    retry: false,
    placeholderData: (before) => before,
  });
  return {
    matches: isAsked ? (data?.matches ?? []) : [],
    isLoading: isOn && (isFetching || settled !== text),
  };
}

export function usePaletteGroups(typed: string): { groups: PaletteGroup[]; isLoading: boolean } {
  const go = useGo();
  const boot = useBoot();
  const project = useMaybeProject()?.project;
  const commands = useCommandList();
  const prefix = /^[>#@]/.exec(typed)?.[0] ?? "";
  const text = typed.slice(prefix.length).trim();
  const { matches, isLoading } = useResolved(
    text,
    prefix === "#" || prefix === "@" || (prefix === "" && looksLikeId(text)),
  );

  const groups: PaletteGroup[] = [];
  const add = (title: string, items: PaletteItem[]): void => {
    if (items.length > 0) groups.push({ title, items });
  };
  const found = prefix === "@" ? matches.filter(({ kind }) => kind === "user") : matches;
  add(
    "Found",
    found.map((match) => ({
      id: `match.${match.kind}.${match.projectId}.${match.id}`,
      title: match.id,
      detail: `${match.kind} in ${match.projectName}`,
      icon: KIND_ICON[match.kind] ?? Hash,
      run: () => go(match.path),
    })),
  );
  if (prefix === "" || prefix === ">") {
    const items = commands
      .filter(({ keyOnly, when }) => !keyOnly && (when?.() ?? true))
      .map((command) => ({
        id: command.id,
        title: command.title,
        keywords: `${command.keywords ?? ""} ${command.group ?? ""}`,
        group: command.group ?? PAGE_GROUP,
        icon: command.icon,
        shortcut: shortcutsOf(command)[0],
        run: () => command.run(),
      }));
    const order = [PAGE_GROUP, "Go to", ...new Set(items.map(({ group }) => group))];
    const hits = search(text, items);
    for (const group of new Set(order)) {
      if (group === "Settings" && text === "") continue;
      add(
        group,
        hits.filter((item) => item.group === group),
      );
    }
  }
  if (prefix === "") {
    const projects = boot.organizations.flatMap((organization) =>
      organization.projects
        .filter(({ id }) => id !== project?.id)
        .map(({ id, name }) => ({
          id: `project.${id}`,
          title: name,
          detail: organization.name,
          keywords: `project ${organization.name}`,
          icon: FolderOpen,
          run: () => go(paths.home(id)),
        })),
    );
    add("Projects", search(text, projects, text === "" ? 5 : 20));
    const visits = recentPages().map(({ title, path }) => ({
      id: `recent.${path}`,
      title,
      icon: Clock,
      run: () => go(path),
    }));
    add("Recent", search(text, visits, 6));
  }
  // The best group first once something is typed: its first hit is what Enter takes.
  const ordered = text === "" ? groups : groups.toSorted((a, b) => rank(text, b) - rank(text, a));
  if (project && text !== "" && prefix === "") {
    ordered.push({
      title: "Search",
      items: [
        {
          id: "search-traces",
          title: `Search traces for “${text}”`,
          icon: Search,
          run: () => go(paths.traces(project.id, { q: quoted(text) })),
        },
      ],
    });
  }
  return { groups: ordered, isLoading };
}

function rank(text: string, { title, items }: PaletteGroup): number {
  if (title === "Found") return 1000;
  const first = items[0];
  return first
    ? Math.max(0, ...[first].map((item) => (item.title.toLowerCase().startsWith(text.toLowerCase()) ? 2 : 1)))
    : 0;
}

/** Free text for the query language: signs of its grammar need quotes. */
function quoted(text: string): string {
  return /[:()"\\]|^-/.test(text) ? `"${text.replace(/["\\]/g, (sign) => `\\${sign}`)}"` : text;
}
