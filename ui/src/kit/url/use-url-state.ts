// React's side of the address: state that reload, a new tab and another person's browser restore.
import { useParams, useRouter, useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo } from "react";
import { toast } from "@/design";
import { type Codec, readState, writeState } from "./codec";
import { idOf } from "./paths";
import { stringifySearch } from "./search";
import { readSearch } from "./short";

/** push: a decision, Back undoes it. replace: motion such as typing, scrolling, zooming. */
export type How = "push" | "replace";

export type SetUrlState<S> = (change: Partial<S> | ((now: S) => Partial<S>), how?: How) => void;

const told = new Set<string>();

/**
 * The part of the address that the codec describes, and a way to change it. Make the codec once, outside of the
 * component. Calls in a row build upon each other; parameters of others stay; a default is never written.
 */
export function useUrlState<S extends object>(codec: Codec<S>): [S, SetUrlState<S>] {
  const router = useRouter();
  const searchText = useRouterState({ select: (state) => state.location.searchStr });
  // Only what the codec knows decides about a new object, so that a change of `peek` does not redraw for `q`.
  const own = stringifySearch(pick(codec, searchText));
  const { state, ignored } = useMemo(() => readState(codec, own), [codec, own]);

  useEffect(() => {
    const key = ignored.join(", ");
    if (!key || told.has(own)) return;
    told.add(own);
    toast({ title: `Ignored part of this link: ${key}` });
  }, [ignored, own]);

  const set = useCallback<SetUrlState<S>>(
    (change, how = "push") => {
      // From the history itself: two changes in one handler must not overwrite each other.
      const { pathname, search, hash } = router.history.location;
      const before = readSearch(search);
      const patch = typeof change === "function" ? change(readState(codec, before).state) : change;
      const after = stringifySearch(writeState(codec, before, patch));
      if (after === stringifySearch(before)) return;
      router.history[how](pathname + after + hash);
    },
    [codec, router],
  );
  return [state, set];
}

function pick(codec: object, search: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(readSearch(search)).filter(([name]) => Object.hasOwn(codec, name)),
  );
}

/** Goes to a path of the application, such as `paths.trace(p, t)`, without a reload. */
export function useGo(): (path: string, how?: How) => void {
  const router = useRouter();
  return useCallback((path, how = "push") => router.history[how](withBase(path, router.basepath)), [router]);
}

/** An application path under the prefix that the server is mounted at. */
export function withBase(path: string, basepath: string): string {
  return basepath.replace(/\/$/, "") + (path.startsWith("/") ? path : `/${path}`);
}

/** The id that the address has under this name, such as "traceId"; "" without one. */
export function usePathId(name: string): string {
  const params = useParams({ strict: false }) as Record<string, string | undefined>;
  const searchText = useRouterState({ select: (state) => state.location.searchStr });
  return idOf(params[name] ?? "", readSearch(searchText));
}
