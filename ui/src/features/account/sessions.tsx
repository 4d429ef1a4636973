// Where the person is signed in, and how to end that.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { Badge, Button, Card, ConfirmDialog, Table, type TableColumn, toast } from "@/design";
import { formatDateTime, formatRelative } from "@/kit/format";
import { Asked, SettingsPage } from "@/kit/settings";
import { describeAgent } from "./agent";
import { type Device, devicesQuery, signOutDevice, signOutOthers } from "./queries";

export default function SessionsPage(): ReactElement {
  const devices = useQuery(devicesQuery);
  const queries = useQueryClient();
  const [isAsking, setAsking] = useState(false);
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: devicesQuery.queryKey });
  const end = useMutation({
    mutationFn: signOutDevice,
    onSuccess: refresh,
    onError: (error) => toast({ title: "Not signed out", description: error.message, tone: "danger" }),
  });
  const columns: TableColumn<Device>[] = [
    {
      id: "device",
      label: "Device",
      render: ({ userAgent, current }) => (
        <span className="flex flex-wrap items-center gap-x-2" title={userAgent ?? undefined}>
          {describeAgent(userAgent)}
          {current && <Badge tone="info">This one</Badge>}
        </span>
      ),
    },
    {
      id: "ip",
      label: "Address",
      wide: true,
      render: ({ ip }) => <span className="mono text-table">{ip ?? "–"}</span>,
    },
    {
      id: "used",
      label: "Last used",
      render: ({ lastUsedAt }) => (
        <span title={formatDateTime(lastUsedAt)}>{formatRelative(lastUsedAt)}</span>
      ),
    },
    {
      id: "since",
      label: "Signed in",
      wide: true,
      render: ({ createdAt }) => <span title={formatDateTime(createdAt)}>{formatRelative(createdAt)}</span>,
    },
    {
      id: "end",
      label: "Actions",
      hideLabel: true,
      align: "right",
      render: ({ id, current, userAgent }) =>
        !current && (
          <Button
            size="compact"
            aria-label={`Sign out ${describeAgent(userAgent)}`}
            onPress={() => end.mutate(id)}
          >
            Sign out
          </Button>
        ),
    },
  ];
  return (
    <SettingsPage title="Sessions and devices">
      <Asked query={devices} height="16rem">
        {(rows) => (
          <Card
            title="Signed in"
            flush
            actions={
              rows.length > 1 && (
                <Button size="compact" variant="danger" onPress={() => setAsking(true)}>
                  Sign out all others
                </Button>
              )
            }
          >
            <Table label="Sessions" columns={columns} rows={rows} rowKey={({ id }) => id} />
          </Card>
        )}
      </Asked>
      <ConfirmDialog
        title="Sign out all others?"
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        confirmLabel="Sign out all others"
        onConfirm={async () => {
          await signOutOthers();
          await refresh();
        }}
      >
        This browser stays signed in.
      </ConfirmDialog>
    </SettingsPage>
  );
}
