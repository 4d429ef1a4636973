// Defaults of every query, chosen so that a refetch never surprises somebody who reads or types.
import { QueryClient } from "@tanstack/react-query";
import { ApiError } from "./errors";

/** Retries help against the network and a busy server, never against a refusal. */
function retry(failures: number, error: Error): boolean {
  return failures < 2 && error instanceof ApiError && error.isPassing;
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry,
        retryDelay: (failures, error) =>
          error instanceof ApiError && error.retryAfter
            ? error.retryAfter * 1000
            : Math.min(500 * 2 ** failures, 8000),
        staleTime: 30_000,
        gcTime: 5 * 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: true,
        // The server may be on this very machine; whether a call works is found out by calling.
        networkMode: "always",
      },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
