// What the pages of those who are not signed in ask of the server.
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { api, type Boot, bootQuery, type Schema, setCsrf } from "@/api";
import { safeNext, withBase } from "@/kit/url";

export type SignInOptions = Schema<"OptionsOut">;
export type Offer = Schema<"OfferOut">;

export const optionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: ({ signal }) => api.get("/api/ui/auth/options", { signal }),
  staleTime: 0,
});

export const offerQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) => api.get("/api/ui/auth/invitations/{token}", { path: { token }, signal }),
    retry: false,
  });

export type Next = string | undefined | ((boot: Boot) => Promise<string>);

/** Waits for a form's answer and goes on as the person that it signed in. */
export function useSignedIn(): (answer: Promise<Schema<"SignedInOut">>, next?: Next) => Promise<void> {
  const router = useRouter();
  const queries = useQueryClient();
  return useCallback(
    async (answer, next) => {
      setCsrf((await answer).csrf);
      queries.removeQueries({ queryKey: bootQuery.queryKey });
      const boot = await queries.fetchQuery({ ...bootQuery, staleTime: 0 });
      const target = typeof next === "function" ? await next(boot) : next;
      router.history.replace(withBase(safeNext(target), router.basepath));
    },
    [router, queries],
  );
}
