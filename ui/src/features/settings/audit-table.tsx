// The audit log: newest first, filtered by the address, each entry with what was before and after.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { type ReactElement, useState } from "react";
import { useBoot, useMaybeOrganization } from "@/api";
import {
  Badge,
  Button,
  Card,
  Dialog,
  EmptyState,
  ErrorState,
  Skeleton,
  Select,
  Table,
  type TableColumn,
  TextField,
} from "@/design";
import { formatDateTime, formatTime } from "@/kit/format";
import { text, useUrlState } from "@/kit/url";
import { askAudit, type AuditEntry, exportAudit } from "./audit-export";
import { actionChoices, kindChoices, wordsOf } from "./audit-words";
import { Changes } from "./changes";
import { membersQuery } from "./people";

const codec = { type: text(""), action: text(""), resource: text("") };
const ACTORS: Record<string, string> = {
  USER: "Person",
  API_KEY: "API key",
  ADMIN_KEY: "Administrator's key",
  SYSTEM: "The server",
};

export function AuditLog({
  project,
  organization,
}: {
  project?: string;
  organization?: string;
}): ReactElement {
  const [filter, setFilter] = useUrlState(codec);
  const [open, setOpen] = useState<AuditEntry>();
  const [isExporting, setExporting] = useState(false);
  const where = { project, organization };
  const asked = {
    resourceType: filter.type || undefined,
    action: filter.action || undefined,
    resourceId: filter.resource || undefined,
  };
  const query = useInfiniteQuery({
    queryKey: ["audit-log", where, asked],
    queryFn: ({ pageParam, signal }) => askAudit(where, { ...asked, limit: 50, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ meta }) => meta.cursor ?? undefined,
  });
  const rows = query.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <Card
      title="Changes"
      flush
      actions={
        <Button
          size="compact"
          icon={Download}
          isPending={isExporting}
          isDisabled={rows.length === 0}
          onPress={() => {
            setExporting(true);
            void exportAudit(where, asked).finally(() => setExporting(false));
          }}
        >
          Export
        </Button>
      }
    >
      <div className="flex flex-wrap gap-3 border-b border-line px-4 pb-3">
        <Select
          label="Kind of thing"
          className="w-52 max-md:flex-1"
          value={filter.type}
          options={kindChoices(filter.type)}
          onChange={(type) => setFilter({ type: type ?? "" })}
        />
        <Select
          label="Action"
          className="w-40 max-md:flex-1"
          value={filter.action}
          options={actionChoices(filter.action)}
          onChange={(action) => setFilter({ action: action ?? "" })}
        />
        <IdFilter value={filter.resource} onChange={(resource) => setFilter({ resource })} />
      </div>
      {query.error ? (
        <ErrorState error={query.error} onRetry={() => void query.refetch()} />
      ) : query.isPending ? (
        <div className="p-4">
          <Skeleton height="20rem" />
        </div>
      ) : (
        <Table
          label="Audit log"
          columns={columns(setOpen)}
          rows={rows}
          rowKey={({ id }) => id}
          empty={
            <EmptyState title="No changes">Nothing was changed, or the filter leaves nothing.</EmptyState>
          }
        />
      )}
      {query.hasNextPage && (
        <div className="p-3 text-center">
          <Button
            size="compact"
            isPending={query.isFetchingNextPage}
            onPress={() => void query.fetchNextPage()}
          >
            Load older
          </Button>
        </div>
      )}
      <Dialog
        title={open ? `${wordsOf(open.action)} ${wordsOf(open.resourceType)}` : ""}
        size="large"
        isOpen={open !== undefined}
        onClose={() => setOpen(undefined)}
      >
        {open && (
          <div className="flex flex-col gap-3">
            <p className="text-2">
              {formatDateTime(open.timestamp)} · <Actor actor={open.actor} />
            </p>
            <p className="mono text-table break-all">{open.resourceId}</p>
            <Changes before={open.before} after={open.after} />
          </div>
        )}
      </Dialog>
    </Card>
  );
}

function columns(onOpen: (entry: AuditEntry) => void): TableColumn<AuditEntry>[] {
  return [
    {
      id: "time",
      label: "Time",
      render: ({ timestamp }) => (
        <span className="tabular whitespace-nowrap" title={formatDateTime(timestamp)}>
          {formatTime(timestamp)}
        </span>
      ),
    },
    { id: "actor", label: "Who", render: ({ actor }) => <Actor actor={actor} /> },
    {
      id: "action",
      label: "What",
      render: ({ action, resourceType }) => (
        <span className="flex flex-wrap gap-x-1">
          <Badge tone={action === "delete" ? "danger" : undefined}>{wordsOf(action)}</Badge>
          {wordsOf(resourceType)}
        </span>
      ),
    },
    {
      id: "id",
      label: "Id",
      wide: true,
      render: ({ resourceId }) => (
        <span className="mono block max-w-80 truncate text-table text-2 max-xl:max-w-32" title={resourceId}>
          {resourceId}
        </span>
      ),
    },
    {
      id: "open",
      label: "Details",
      hideLabel: true,
      align: "right",
      render: (entry) => (
        <Button size="compact" variant="quiet" onPress={() => onOpen(entry)}>
          Details
        </Button>
      ),
    },
  ];
}

/** By name, as long as the person is a member and the reader may see members. */
function Actor({ actor }: { actor: AuditEntry["actor"] }): ReactElement {
  const { user } = useBoot();
  const organization = useMaybeOrganization();
  const { data: members } = useQuery({
    ...membersQuery(organization?.id ?? ""),
    enabled: organization?.permissions.includes("organizationMembers:read") === true,
    staleTime: 60_000,
  });
  if (actor.id === user.id) return <>You</>;
  const person = members?.find(({ userId }) => userId === actor.id);
  if (person) return <span title={person.email}>{person.name}</span>;
  return (
    <span title={actor.id ?? undefined}>
      {ACTORS[actor.type] ?? actor.type}
      {actor.id && <span className="mono text-table text-3"> {actor.id.slice(0, 8)}</span>}
    </span>
  );
}

/** Applied on Enter or when it is left, not at every letter. */
function IdFilter({ value, onChange }: { value: string; onChange: (value: string) => void }): ReactElement {
  const [draft, setDraft] = useState(value);
  return (
    <TextField
      label="Id"
      value={draft}
      onChange={setDraft}
      className="w-52 max-md:w-full"
      onBlur={() => draft.trim() !== value && onChange(draft.trim())}
      onKeyDown={(event) => {
        if (event.key === "Enter") onChange(draft.trim());
      }}
    />
  );
}
