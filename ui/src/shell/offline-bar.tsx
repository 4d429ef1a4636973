// Says when the server does not answer, asks until it does, and then loads again what had failed.
import { useQueryClient } from "@tanstack/react-query";
import { CloudOff } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import { api, watchOffline } from "@/api";
import { useLiveStatus } from "@/kit/live";

const ASK_MS = 3000;
const ask = (): Promise<unknown> => api.get("/api/public/health");

export function useIsOffline(): boolean {
  const queries = useQueryClient();
  const [isOffline, setOffline] = useState(false);
  const hasLostLive = useLiveStatus() === "reconnecting";

  useEffect(() => {
    const lost = (): void => setOffline(true);
    const stop = watchOffline(lost);
    window.addEventListener("offline", lost);
    return () => {
      stop();
      window.removeEventListener("offline", lost);
    };
  }, []);

  // A page that only watches asks for nothing: its broken stream is the first sign. A server that stops still answers
  // for a moment, so one look is not enough.
  useEffect(() => {
    if (!isOffline && !hasLostLive) return;
    const look = (): void => {
      ask().then(
        () => {
          if (!isOffline) return;
          setOffline(false);
          void queries.invalidateQueries({ refetchType: "active" });
        },
        () => {},
      );
    };
    if (!isOffline) look();
    const timer = setInterval(look, ASK_MS);
    return () => clearInterval(timer);
  }, [isOffline, hasLostLive, queries]);
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
