// The end of a session: by the person, or because the server no longer knows it.
import { type QueryClient, useQueryClient } from "@tanstack/react-query";
import { type AnyRouter, useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { api, setCsrf, setSignedOutHandler } from "@/api";
import { toast } from "@/design";
import { paths, withBase } from "@/kit/url";

/** The address without the prefix, to come back to. */
export function herePath(router: AnyRouter): string {
  const base = router.basepath.replace(/\/$/, "");
  return router.history.location.href.slice(base.length) || "/";
}

/** On the first 401 of a page: sign-in, which then leads back here. */
export function watchSession(router: AnyRouter, queries: QueryClient): void {
  setSignedOutHandler(() => {
    const here = herePath(router);
    if (here.startsWith("/auth/")) return;
    setCsrf("");
    // Once the pages of this person are gone, so is what they had loaded.
    const stop = router.subscribe("onResolved", () => {
      stop();
      queries.removeQueries({ type: "inactive" });
    });
    router.history.replace(withBase(paths.signIn(here), router.basepath));
  });
}

export function useSignOut(): () => void {
  const router = useRouter();
  const queries = useQueryClient();
  return useCallback(() => {
    api.post("/api/ui/auth/sign-out").then(
      () => {
        // A full load: nothing of this person stays in memory.
        location.assign(withBase(paths.signIn(), router.basepath));
        queries.clear();
      },
      (error: Error) => toast({ title: "Signing out failed", description: error.message, tone: "danger" }),
    );
  }, [router, queries]);
}
