// Says when the server does not answer, asks until it does, and then loads again what had failed.
import { useQueryClient } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import { api, ApiError } from "@/api";

const ASK_MS = 3000;

export function useIsOffline(): boolean {
  const queries = useQueryClient();
  const [isOffline, setOffline] = useState(false);

  useEffect(() => {
    const notice = (error: unknown): void => {
      if (error instanceof ApiError && error.isOffline) setOffline(true);
    };
    const stops = [
      queries.getQueryCache().subscribe((event) => {
        if (event.type !== "updated") return;
        if (event.action.type === "error") notice(event.action.error);
        if (event.action.type === "failed") notice(event.action.error);
      }),
      queries.getMutationCache().subscribe((event) => {
        if (event.type === "updated" && event.action.type === "error") notice(event.action.error);
      }),
    ];
    const lost = (): void => setOffline(true);
    window.addEventListener("offline", lost);
    return () => {
      stops.forEach((stop) => stop());
      window.removeEventListener("offline", lost);
    };
  }, [queries]);

  useEffect(() => {
    if (!isOffline) return;
    const timer = setInterval(() => {
      api.get("/api/public/health").then(
        () => {
          setOffline(false);
          void queries.invalidateQueries({ refetchType: "active" });
        },
        () => {},
      );
    }, ASK_MS);
    return () => clearInterval(timer);
  }, [isOffline, queries]);
  return isOffline;
}

export function OfflineBar(): ReactElement {
  const isOffline = useIsOffline();
  return (
    <div role="status" aria-live="polite" data-chrome>
      {isOffline && (
        <p className="flex items-center gap-2 bg-tint-warn px-4 py-1.5 text-warn">
          <CloudOff size={14} aria-hidden />
          The server does not answer. What you see may be old; this page goes on by itself.
        </p>
      )}
    </div>
  );
}
