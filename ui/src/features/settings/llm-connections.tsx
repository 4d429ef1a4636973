// Providers of models that this project may call, with keys that are never shown again.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Ellipsis } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useCan, useProject } from "@/api";
import {
  Button,
  Card,
  ConfirmDialog,
  EmptyState,
  IconButton,
  MenuItem,
  MenuTrigger,
  Table,
  type TableColumn,
} from "@/design";
import { formatDateTime, formatRelative } from "@/kit/format";
import { Asked, NeedsRole, SettingsPage } from "@/kit/settings";
import { ConnectionDialog } from "./connections/dialog";
import { adapterLabel, type Connection, draftOf, hasTestCall, NEW } from "./connections/draft";
import { connectionsQuery, deleteConnection } from "./connections/queries";
import { TestCallDialog } from "./connections/test-call";

export default function LlmConnectionsPage(): ReactElement {
  const { id } = useProject();
  const mayRead = useCan("llmApiKeys:read");
  return (
    <SettingsPage title="LLM connections" isWide>
      {mayRead ? (
        <Connections project={id} />
      ) : (
        <NeedsRole what="People with a role in the project see its connections." />
      )}
    </SettingsPage>
  );
}

type Editing = { row?: Connection };

function Connections({ project }: { project: string }): ReactElement {
  const connections = useQuery(connectionsQuery(project));
  const queries = useQueryClient();
  const mayCreate = useCan("llmApiKeys:create");
  const may = { replace: useCan("llmApiKeys:update"), remove: useCan("llmApiKeys:delete") };
  const [editing, setEditing] = useState<Editing>();
  const [deleting, setDeleting] = useState<Connection>();
  const [testing, setTesting] = useState<Connection>();
  const refresh = (): Promise<void> =>
    queries.invalidateQueries({ queryKey: connectionsQuery(project).queryKey });
  const create = mayCreate && (
    <Button variant="primary" size="compact" onPress={() => setEditing({})}>
      New connection
    </Button>
  );
  return (
    <>
      <Asked query={connections} height="14rem">
        {(rows) => (
          <Card
            title="LLM connections"
            note="What this server may call on behalf of the project."
            flush
            actions={rows.length > 0 && create}
          >
            <Table
              label="LLM connections"
              columns={columns(may, {
                replace: (row) => setEditing({ row }),
                remove: setDeleting,
                test: setTesting,
              })}
              rows={rows}
              rowKey={({ id }) => id}
              empty={
                <EmptyState title="No connections" action={create}>
                  Your applications call models themselves and need none.
                </EmptyState>
              }
            />
          </Card>
        )}
      </Asked>
      {editing && (
        <ConnectionDialog
          project={project}
          start={editing.row ? draftOf(editing.row) : NEW}
          isStored={editing.row !== undefined}
          taken={editing.row ? [] : (connections.data ?? []).map(({ provider }) => provider)}
          onClose={() => setEditing(undefined)}
          onSaved={refresh}
        />
      )}
      {testing && (
        <TestCallDialog project={project} connection={testing} onClose={() => setTesting(undefined)} />
      )}
      <ConfirmDialog
        title={`Delete ${deleting?.provider ?? ""}?`}
        isOpen={deleting !== undefined}
        onClose={() => setDeleting(undefined)}
        confirmLabel="Delete"
        onConfirm={async () => {
          await deleteConnection(project, deleting!.id);
          await refresh();
        }}
      >
        Its key is deleted. What uses this connection fails from now on.
      </ConfirmDialog>
    </>
  );
}

function columns(
  may: { replace: boolean; remove: boolean },
  on: Record<"replace" | "remove" | "test", (row: Connection) => void>,
): TableColumn<Connection>[] {
  return [
    {
      id: "name",
      label: "Name",
      render: ({ provider, adapter }) => (
        <span className="flex flex-col">
          <span className="font-medium">{provider}</span>
          <span className="text-table text-3">{adapterLabel(adapter)}</span>
        </span>
      ),
    },
    { id: "url", label: "Base URL", wide: true, render: (row) => <Address row={row} /> },
    { id: "models", label: "Models", render: (row) => <Models row={row} /> },
    {
      id: "key",
      label: "Key",
      render: ({ displaySecretKey, extraHeaderKeys }) => (
        <span className="flex flex-col">
          <span className="mono text-table">{displaySecretKey}</span>
          {extraHeaderKeys.length > 0 && (
            <span className="text-table text-3">with {extraHeaderKeys.join(", ")}</span>
          )}
        </span>
      ),
    },
    {
      id: "changed",
      label: "Changed",
      wide: true,
      render: ({ updatedAt }) => (
        <span className="whitespace-nowrap" title={formatDateTime(updatedAt)}>
          {formatRelative(updatedAt)}
        </span>
      ),
    },
    {
      id: "actions",
      label: "Actions",
      hideLabel: true,
      align: "right",
      render: (row) =>
        (may.replace || may.remove) && (
          <MenuTrigger
            label={`Actions for ${row.provider}`}
            trigger={
              <IconButton plain size="compact" icon={Ellipsis} label={`Actions for ${row.provider}`} />
            }
          >
            {may.replace && hasTestCall(row.adapter) && (
              <MenuItem id="test" onAction={() => on.test(row)}>
                Test call
              </MenuItem>
            )}
            {may.replace && (
              <MenuItem id="replace" onAction={() => on.replace(row)}>
                Replace
              </MenuItem>
            )}
            {may.remove && (
              <MenuItem id="delete" onAction={() => on.remove(row)}>
                Delete
              </MenuItem>
            )}
          </MenuTrigger>
        ),
    },
  ];
}

function Address({ row: { baseURL, config } }: { row: Connection }): ReactElement {
  const place = config?.region ?? config?.location;
  return (
    <span className="mono block min-w-32 text-table wrap-anywhere">
      {baseURL ?? <span className="text-3">{typeof place === "string" ? place : "the provider's own"}</span>}
    </span>
  );
}

function Models({ row: { customModels, withDefaultModels } }: { row: Connection }): ReactElement {
  const shown = customModels.slice(0, 3);
  const more = customModels.length - shown.length;
  return (
    <span className="flex flex-col text-table" title={customModels.join("\n") || undefined}>
      {withDefaultModels && <span>The usual ones</span>}
      {shown.map((name) => (
        <span key={name} className="mono max-w-72 min-w-28 wrap-anywhere">
          {name}
        </span>
      ))}
      {more > 0 && <span className="text-3">and {more} more</span>}
    </span>
  );
}
