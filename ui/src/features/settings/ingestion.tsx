// Is everything that was sent also here? The counters of this server, and what it refused of this project.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { api, type Schema, useProject } from "@/api";
import { Badge, Card, EmptyState, Stat, Table, type TableColumn } from "@/design";
import { formatCount, formatDateTime, formatNumber, formatTime } from "@/kit/format";
import { Asked, SettingsPage } from "@/kit/settings";
import { type Reading, readingOf, reasonWords } from "./ingest-reading";

type Rejection = Schema<"RejectionOut">;

export default function IngestionPage(): ReactElement {
  const { id } = useProject();
  const queries = useQueryClient();
  const queryKey = ["ingest", id];
  const counters = useQuery({
    queryKey,
    queryFn: async ({ signal }): Promise<Reading> => {
      const before = queries.getQueryData<Reading>(queryKey);
      const now = await api.get("/api/public/spyglass/ingest", { project: id, signal });
      return readingOf(now, Date.now(), before);
    },
    refetchInterval: 5_000,
  });
  const rejections = useQuery({
    queryKey: ["rejections", id],
    queryFn: async ({ signal }) =>
      (
        await api.get("/api/public/spyglass/rejections", {
          project: id,
          query: { limit: 100 },
          signal,
        })
      ).data,
    refetchInterval: 15_000,
  });
  return (
    <SettingsPage title="Ingestion health" isWide>
      <Asked query={counters} height="8rem">
        {(found) => <Server reading={found} />}
      </Asked>
      <Asked query={rejections} height="16rem">
        {(rows) => (
          <>
            <Sdks rows={rows} />
            <Card
              title="Refused of this project"
              note="Each with the reason that the client was told. Equal ones are counted."
              flush
            >
              <Table
                label="Refused records"
                columns={COLUMNS}
                rows={rows}
                rowKey={(row) => row.id}
                empty={<EmptyState title="Nothing was refused" />}
              />
            </Card>
          </>
        )}
      </Asked>
    </SettingsPage>
  );
}

function Server({ reading: { counters, rate } }: { reading: Reading }): ReactElement {
  const { received, visible, pending, quarantined, deleted, refused, refusedByReason, stalled } = counters;
  const reasons = Object.entries(refusedByReason).toSorted(([, a], [, b]) => b - a);
  return (
    <Card title="This server" note="Events of all projects, since its data directory was made.">
      <div className="flex flex-col gap-3">
        {stalled && (
          <p role="alert" className="rounded-card border border-danger p-3 text-danger">
            What was acknowledged waits to be written: {stalled}. Nothing is lost; the server tries again.
          </p>
        )}
        <div className="grid grid-cols-[repeat(auto-fill,minmax(8.5rem,1fr))] gap-3">
          <Stat
            label="Received"
            value={formatCount(received)}
            note={rate === null ? "" : `${formatNumber(rate)} a second now`}
          />
          <Stat label="Visible" value={formatCount(visible)} />
          <Stat
            label="Waiting"
            value={formatCount(pending)}
            note={pending === 0 ? "nothing lags behind" : "acknowledged, soon visible"}
          />
          <Stat
            label="Set aside"
            value={formatCount(quarantined)}
            note={quarantined > 0 ? "spyglass doctor tells why" : ""}
          />
          <Stat label="Deleted" value={formatCount(deleted)} />
          <Stat label="Refused" value={formatCount(refused)} />
        </div>
        {reasons.length > 0 && (
          <p className="text-2">
            Refused because of{" "}
            {reasons.map(([reason, count]) => `${reasonWords(reason)} (${formatCount(count)})`).join(", ")}
          </p>
        )}
      </div>
    </Card>
  );
}

const COLUMNS: TableColumn<Rejection>[] = [
  {
    id: "time",
    label: "Time",
    render: ({ createdAt }) => (
      <span className="tabular whitespace-nowrap" title={formatDateTime(createdAt)}>
        {formatTime(createdAt)}
      </span>
    ),
  },
  {
    id: "status",
    label: "Status",
    render: ({ status, count }) => (
      <span className="whitespace-nowrap">
        <Badge tone="danger">{status}</Badge>
        {count > 1 && <span className="tabular text-3"> ×{formatCount(count)}</span>}
      </span>
    ),
  },
  {
    id: "what",
    label: "What",
    wide: true,
    render: ({ kind, recordId }) => (
      <span className="flex flex-col">
        {kind}
        {recordId && (
          <span className="mono max-w-40 truncate text-caption text-3" title={recordId}>
            {recordId}
          </span>
        )}
      </span>
    ),
  },
  {
    id: "message",
    label: "Reason",
    render: ({ message }) => <span className="block min-w-40 wrap-anywhere">{message}</span>,
  },
  {
    id: "sdk",
    label: "Client",
    wide: true,
    render: (row) => clientOf(row) || "–",
  },
];

/** "python 4.6.1"; empty for one that does not say what it is, such as curl. */
function clientOf({ sdkName, sdkVersion }: Rejection): string {
  return [sdkName, sdkVersion].filter((part) => part && part !== "unknown").join(" ");
}

/** Which clients the refused records came from. */
function Sdks({ rows }: { rows: readonly Rejection[] }): ReactElement | null {
  const counts = new Map<string, number>();
  for (const row of rows) {
    const name = clientOf(row);
    if (name) counts.set(name, (counts.get(name) ?? 0) + row.count);
  }
  if (counts.size === 0) return null;
  const entries = [...counts].toSorted(([, a], [, b]) => b - a);
  return (
    <p className="text-2">
      Refused by client: {entries.map(([name, count]) => `${name} (${formatCount(count)})`).join(", ")}
    </p>
  );
}
