// Makes long addresses short, and reads short ones.
import { useRouter, useRouterState } from "@tanstack/react-router";
import { useEffect } from "react";
import { api, ApiError, useMaybeProject } from "@/api";
import { errorText, toast } from "@/design";
import { parseSearch, stringifySearch } from "./search";
import { LONGEST, rememberShort, unknownShort } from "./short";

/** Typing and dragging change an address many times; only the one that stays is stored. */
const PAUSE_MS = 600;

/** The query itself, or where it is too long one that stands for it. */
export async function shortSearch(projectId: string, search: string): Promise<string> {
  if (search.length <= LONGEST) return search;
  const path = { project_id: projectId };
  const { id } = await api.post("/api/ui/projects/{project_id}/snapshots", { path, body: { state: search } });
  rememberShort(id, search);
  return stringifySearch({ s: id });
}

/** Learns what a short address stands for, before its page is shown. One that is not known any more stands for nothing. */
export async function loadShort(projectId: string, search: string): Promise<void> {
  const id = unknownShort(search);
  if (id === undefined) return;
  const path = { project_id: projectId, snapshot_id: id };
  try {
    const { state } = await api.get("/api/ui/projects/{project_id}/snapshots/{snapshot_id}", { path });
    rememberShort(id, state);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 404) throw error;
    rememberShort(id, "");
    toast({ title: "Ignored part of this link", description: errorText(error) });
  }
}

/** Once for the application: an address that became too long is replaced by a short one. Until then, and where it cannot
 * be stored, the long one works too. */
export function useShortAddress(): void {
  const router = useRouter();
  const project = useMaybeProject()?.project.id;
  const search = useRouterState({ select: ({ location }) => location.searchStr });
  useEffect(() => {
    if (project === undefined || search.length <= LONGEST) return undefined;
    let isCurrent = true;
    const replace = (short: string): void => {
      const { pathname, search: now, hash } = router.history.location;
      if (isCurrent && stringifySearch(parseSearch(now)) === search)
        router.history.replace(pathname + short + hash);
    };
    const timer = setTimeout(() => {
      shortSearch(project, search).then(replace, (error: Error) =>
        toast({
          title: "This address is long, and could not be made shorter",
          description: errorText(error),
        }),
      );
    }, PAUSE_MS);
    return () => {
      isCurrent = false;
      clearTimeout(timer);
    };
  }, [router, project, search]);
}
