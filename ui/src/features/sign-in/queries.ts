// What the pages of those who are not signed in ask of the server.
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { useCallback } from "react";
import { api, type Boot, bootQuery, setCsrf } from "@/api";
import { safeNext, withBase } from "@/kit/url";

export interface SignInOptions {
  needsFirstUser: boolean;
  signUp: boolean;
  password: boolean;
  oidc: { id: string; name: string }[];
  smtp: boolean;
  version: string;
}

export interface SignedIn {
  csrf: string;
  user: { id: string; email: string; name: string | null };
}

export interface Offer {
  email: string;
  organization: { name: string };
  project?: { name: string } | null;
  role: string;
  projectRole?: string | null;
  invitedBy?: string | null;
  hasAccount: boolean;
  expiresAt: string;
}

export const optionsQuery = queryOptions({
  queryKey: ["sign-in-options"],
  queryFn: ({ signal }) => api.get<SignInOptions>("/api/ui/auth/options", { signal }),
  staleTime: 0,
});

export const offerQuery = (token: string) =>
  queryOptions({
    queryKey: ["invitation", token],
    queryFn: ({ signal }) =>
      api.get<Offer>(`/api/ui/auth/invitations/${encodeURIComponent(token)}`, { signal }),
    retry: false,
  });

export type Next = string | undefined | ((boot: Boot) => string);

/** Sends a form of this folder and goes on as the person that it signed in. */
export function useSignedIn(): (path: string, body: object, next?: Next) => Promise<void> {
  const router = useRouter();
  const queries = useQueryClient();
  return useCallback(
    async (path, body, next) => {
      const answer = await api.post<SignedIn>(path, body);
      setCsrf(answer.csrf);
      queries.removeQueries({ queryKey: bootQuery.queryKey });
      const boot = await queries.fetchQuery({ ...bootQuery, staleTime: 0 });
      const target = typeof next === "function" ? next(boot) : next;
      router.history.replace(withBase(safeNext(target), router.basepath));
    },
    [router, queries],
  );
}
