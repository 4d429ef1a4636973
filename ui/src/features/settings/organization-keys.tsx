// Keys of the organization: for SCIM and for programs that make projects.
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { api, type Schema, useOrganization } from "@/api";
import { Card, EmptyState, Table, type TableColumn } from "@/design";
import { formatDate, formatRelative } from "@/kit/format";
import { Asked, NeedsRole, SettingsPage } from "@/kit/settings";

type OrganizationKey = Schema<"ApiKeyListOut">["apiKeys"][number];

const COLUMNS: TableColumn<OrganizationKey>[] = [
  {
    id: "public",
    label: "Public key",
    render: ({ publicKey }) => <span className="mono text-table">{publicKey}</span>,
  },
  {
    id: "secret",
    label: "Secret",
    wide: true,
    render: ({ displaySecretKey }) => <span className="mono text-table text-3">{displaySecretKey}</span>,
  },
  { id: "note", label: "Note", wide: true, render: ({ note }) => note ?? "–" },
  {
    id: "used",
    label: "Last used",
    render: ({ lastUsedAt }) => (lastUsedAt ? formatRelative(lastUsedAt) : "Never"),
  },
  { id: "created", label: "Created", wide: true, render: ({ createdAt }) => formatDate(createdAt) },
];

export default function OrganizationKeysPage(): ReactElement {
  const { id, permissions } = useOrganization();
  const mayRead = permissions.includes("organization:CRUD_apiKeys");
  const keys = useQuery({
    queryKey: ["organization-keys", id],
    queryFn: async ({ signal }) =>
      (
        await api.get("/api/public/organizations/apiKeys", {
          organization: id,
          signal,
        })
      ).apiKeys,
    enabled: mayRead,
  });
  return (
    <SettingsPage title="API keys">
      {mayRead ? (
        <Asked query={keys} height="12rem">
          {(rows) => (
            <Card
              title="Keys of the organization"
              note="For provisioning: projects, members, SCIM. The administration API of the server makes them."
              flush
            >
              <Table
                label="Keys of the organization"
                columns={COLUMNS}
                rows={rows}
                rowKey={(key) => key.id}
                empty={
                  <EmptyState title="No keys">Applications use the keys of a project instead.</EmptyState>
                }
              />
            </Card>
          )}
        </Asked>
      ) : (
        <NeedsRole what="Owners of the organization see its keys." />
      )}
    </SettingsPage>
  );
}
