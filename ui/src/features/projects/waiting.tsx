// Listening: the first trace as it arrives, and every request that the server refused, with the reason.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { api, useCan } from "@/api";
import { Badge, Button, Card, Link, toast } from "@/design";
import { formatTime } from "@/kit/format";
import { queryRows } from "@/kit/list/api";
import { useLive } from "@/kit/live";
import { paths } from "@/kit/url";

interface Arrived {
  id: string;
  time: string;
  name: string | null;
  level?: string;
}

// What the server says of a client that does not tell what it is, such as curl.
const NO_SDK = /^unknown( unknown)?$/;

interface Rejection {
  at: string;
  status: number;
  reason: string;
  sdk?: string | null;
  keyHint?: string | null;
}

/** The newest trace that came after `since`. Live news tell when to look; a slow poll is the safety net. */
function useArrived(projectId: string, since: string): Arrived | undefined {
  const queries = useQueryClient();
  const key = ["setup", projectId, "arrived", since];
  const { data } = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) => {
      const body = { from: since, limit: 1, columns: ["name", "time", "level"] };
      const { rows } = await queryRows<Arrived>(projectId, "traces", body, signal);
      return rows[0] ?? null;
    },
    refetchInterval: 10_000,
  });
  useLive(projectId, ["traces"], () => void queries.invalidateQueries({ queryKey: key }));
  return data ?? undefined;
}

export function Waiting({ projectId }: { projectId: string }): ReactElement {
  // What was there before counts too, a minute back, so that a reload does not lose the first trace.
  const [since] = useState(() => new Date(Date.now() - 60_000).toISOString());
  const arrived = useArrived(projectId, since);
  const maySend = useCan("ingest");
  return (
    <Card title="Your first trace" note={arrived ? undefined : "Run the program; this changes by itself."}>
      <div role="status" aria-live="polite" className="flex flex-wrap items-center gap-3">
        {arrived ? (
          <>
            <Badge tone="ok">Arrived</Badge>
            <span className="min-w-0 truncate font-medium">{arrived.name || arrived.id}</span>
            <span className="tabular text-3">{formatTime(arrived.time)}</span>
            <span className="flex-1" />
            <Link look="primary" href={paths.trace(projectId, arrived.id)}>
              Open trace
            </Link>
          </>
        ) : (
          <>
            <span className="relative flex size-2.5" aria-hidden>
              <span className="absolute inset-0 animate-ping rounded-chip bg-accent opacity-60 motion-reduce:animate-none" />
              <span className="relative size-2.5 rounded-chip bg-accent" />
            </span>
            <span>Listening for traces</span>
            <span className="flex-1" />
            {maySend && <TestTrace projectId={projectId} />}
          </>
        )}
      </div>
      <Refused projectId={projectId} />
    </Card>
  );
}

/** Through the same route as an SDK, so that it also proves that the route works. */
function TestTrace({ projectId }: { projectId: string }): ReactElement {
  const [isSending, setSending] = useState(false);
  async function send(): Promise<void> {
    setSending(true);
    const now = new Date().toISOString();
    const id = `test-${Date.now().toString(36)}`;
    const body = { id, name: "test from the setup page", timestamp: now, input: "ping", output: "pong" };
    try {
      const batch = [{ id: `event-${id}`, type: "trace-create" as const, timestamp: now, body }];
      const answer = await api.post("/api/public/ingestion", { body: { batch }, project: projectId });
      const [error] = answer.errors;
      if (error)
        toast({
          title: "The test trace was refused",
          description: error.message ?? undefined,
          tone: "danger",
        });
    } catch (error) {
      toast({ title: "The test trace was refused", description: (error as Error).message, tone: "danger" });
    } finally {
      setSending(false);
    }
  }
  return (
    <Button size="compact" isPending={isSending} onPress={() => void send()}>
      Send a test trace
    </Button>
  );
}

function Refused({ projectId }: { projectId: string }): ReactElement | null {
  const [seen, setSeen] = useState<Rejection[]>([]);
  useLive(projectId, ["ingest_error"], (message) => {
    if (message.type !== "event") return;
    setSeen((before) => [...(message.changes as Rejection[]), ...before].slice(0, 20));
  });
  if (seen.length === 0) return null;
  return (
    <div className="mt-4 border-t border-line pt-3">
      <h3 className="mb-2 font-semibold">Refused requests</h3>
      <div role="log" aria-label="Refused requests">
        <ul className="flex flex-col gap-1 text-table">
          {seen.map(({ at, status, reason, sdk, keyHint }, place) => (
            <li key={`${at}-${place}`} className="flex flex-wrap gap-x-2">
              <span className="tabular text-3">{formatTime(at)}</span>
              <span className="font-medium text-danger">{status}</span>
              <span className="min-w-0 break-words">{reason}</span>
              <span className="text-3">
                {[sdk && !NO_SDK.test(sdk) && sdk, keyHint && `key ${keyHint}`].filter(Boolean).join(" · ")}
              </span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
