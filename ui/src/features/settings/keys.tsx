// The keys of a project: a new secret is shown once, an old key goes after a look at when it was last used.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { config, useBoot, useCan, useProject } from "@/api";
import {
  Button,
  Card,
  ConfirmDialog,
  CopyButton,
  Dialog,
  EmptyState,
  Link,
  Table,
  type TableColumn,
  TextField,
} from "@/design";
import { formatDate, formatDateTime, formatRelative } from "@/kit/format";
import { Asked, NeedsRole, SettingsPage } from "@/kit/settings";
import { paths } from "@/kit/url";
import { type ApiKey, createKey, keysQuery, revokeKey } from "./project-queries";

const RECENT_MS = 24 * 3_600_000;

export default function KeysPage(): ReactElement {
  const { id } = useProject();
  const mayRead = useCan("apiKeys:read");
  return (
    <SettingsPage
      title="API keys"
      isWide
      actions={
        <Link look="quiet" href={paths.setup(id)}>
          How to send traces
        </Link>
      }
    >
      {mayRead ? <Keys projectId={id} /> : <NeedsRole what="Members of the project see its keys." />}
    </SettingsPage>
  );
}

function Keys({ projectId }: { projectId: string }): ReactElement {
  const keys = useQuery(keysQuery(projectId));
  const queries = useQueryClient();
  const mayWrite = useCan("apiKeys:CUD");
  const [isCreating, setCreating] = useState(false);
  const [made, setMade] = useState<ApiKey & { secretKey: string }>();
  const [ending, setEnding] = useState<ApiKey>();
  const refresh = (): Promise<void> => queries.invalidateQueries({ queryKey: keysQuery(projectId).queryKey });
  const create = mayWrite && (
    <Button variant="primary" size="compact" onPress={() => setCreating(true)}>
      Create key
    </Button>
  );
  const columns: TableColumn<ApiKey>[] = [
    {
      id: "public",
      label: "Public key",
      render: ({ publicKey, note }) => (
        <span className="flex flex-col">
          <span className="mono flex items-center gap-1 text-table">
            <span className="max-w-96 truncate max-xl:max-w-52 max-md:max-w-36" title={publicKey}>
              {publicKey}
            </span>
            <CopyButton label="Copy public key" text={publicKey} />
          </span>
          {note && <span className="text-table text-3">{note}</span>}
        </span>
      ),
    },
    {
      id: "secret",
      label: "Secret",
      wide: true,
      render: ({ secretKeyMasked }) => (
        <span className="mono text-table whitespace-nowrap text-3">{secretKeyMasked}</span>
      ),
    },
    {
      id: "used",
      label: "Last used",
      render: ({ lastUsedAt }) =>
        lastUsedAt ? (
          <span className="whitespace-nowrap" title={formatDateTime(lastUsedAt)}>
            {formatRelative(lastUsedAt)}
          </span>
        ) : (
          <span className="text-3">Never</span>
        ),
    },
    {
      id: "created",
      label: "Created",
      wide: true,
      render: ({ createdAt, createdBy }) => (
        <span className="flex flex-col">
          <span className="whitespace-nowrap">{formatDate(createdAt)}</span>
          {createdBy && <span className="text-table text-3">by {createdBy}</span>}
        </span>
      ),
    },
    {
      id: "revoke",
      label: "Actions",
      hideLabel: true,
      align: "right",
      render: (key) =>
        mayWrite && (
          <Button size="compact" aria-label={`Revoke ${key.publicKey}`} onPress={() => setEnding(key)}>
            Revoke
          </Button>
        ),
    },
  ];
  return (
    <>
      <Asked query={keys} height="14rem">
        {(rows) => (
          <Card title="Keys" flush actions={rows.length > 0 && create}>
            <Table
              label="API keys"
              columns={columns}
              rows={rows}
              rowKey={(key) => key.id}
              empty={
                <EmptyState title="No keys" action={create}>
                  Applications send and read data with a pair of keys.
                </EmptyState>
              }
            />
          </Card>
        )}
      </Asked>
      <CreateDialog
        isOpen={isCreating}
        onClose={() => setCreating(false)}
        onCreate={async (note) => {
          setMade(await createKey(projectId, note));
          await refresh();
        }}
      />
      <SecretDialog made={made} onClose={() => setMade(undefined)} />
      <ConfirmDialog
        title="Revoke this key?"
        isOpen={ending !== undefined}
        onClose={() => setEnding(undefined)}
        confirmLabel="Revoke"
        onConfirm={async () => {
          await revokeKey(projectId, ending!.id);
          await refresh();
        }}
      >
        <p className="mono text-table">{ending?.publicKey}</p>
        <Use at={ending?.lastUsedAt ?? null} />
      </ConfirmDialog>
    </>
  );
}

/** What a revocation will hit. */
function Use({ at }: { at: string | null }): ReactElement {
  const [now] = useState(Date.now);
  if (!at) return <p>It was never used.</p>;
  const isRecent = now - Date.parse(at) < RECENT_MS;
  return (
    <p className={isRecent ? "font-medium text-danger" : ""}>
      Used {formatRelative(at)}. Whatever uses it is refused from now on.
    </p>
  );
}

function CreateDialog({
  isOpen,
  onClose,
  onCreate,
}: {
  isOpen: boolean;
  onClose: () => void;
  onCreate: (note: string) => Promise<void>;
}): ReactElement {
  const [note, setNote] = useState("");
  return (
    <ConfirmDialog
      title="Create a key"
      tone="primary"
      isOpen={isOpen}
      onClose={onClose}
      confirmLabel="Create key"
      onConfirm={async () => {
        await onCreate(note.trim());
        setNote("");
      }}
    >
      <TextField
        label="Note"
        description="Which application uses it. Optional."
        autoFocus
        value={note}
        onChange={setNote}
        maxLength={200}
      />
    </ConfirmDialog>
  );
}

function SecretDialog({
  made,
  onClose,
}: {
  made: (ApiKey & { secretKey: string }) | undefined;
  onClose: () => void;
}): ReactElement {
  const host = useBoot().publicUrl || location.origin + config.basePath;
  const lines = made && [
    `LANGFUSE_PUBLIC_KEY="${made.publicKey}"`,
    `LANGFUSE_SECRET_KEY="${made.secretKey}"`,
    `LANGFUSE_HOST="${host}"`,
  ];
  return (
    <Dialog
      title="Copy the secret now"
      isOpen={made !== undefined}
      onClose={onClose}
      actions={
        <>
          <CopyButton labelled label="Copy .env" size={undefined} text={lines?.join("\n") ?? ""} />
          <Button variant="primary" onPress={onClose}>
            Done
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-3">
        <p>Only its hash is kept: it cannot be shown again.</p>
        {made && (
          <>
            <Secret label="Public key" value={made.publicKey} />
            <Secret label="Secret key" value={made.secretKey} />
          </>
        )}
      </div>
    </Dialog>
  );
}

function Secret({ label, value }: { label: string; value: string }): ReactElement {
  return (
    <div className="flex items-end gap-2">
      <TextField label={label} mono value={value} onChange={() => {}} isReadOnly className="flex-1" />
      <CopyButton label={`Copy ${label.toLowerCase()}`} text={value} size={undefined} />
    </div>
  );
}
