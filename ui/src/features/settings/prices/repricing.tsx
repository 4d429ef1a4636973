// History at today's prices: first what would change, then the job, then its progress.
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useCan } from "@/api";
import { Badge, Button, Card, EmptyState, ProgressBar, Table, type TableColumn, TextField } from "@/design";
import { formatCost, formatCount, formatDate, formatDateTime } from "@/kit/format";
import { Asked } from "@/kit/settings";
import { daysAgo, endOf, startOf } from "./days";
import { type Repricing, repricingsQuery, reprice } from "./queries";
import { SumsTable, SumsText } from "./sums";

export function RepricingTab({ project }: { project: string }): ReactElement {
  const jobs = useQuery(repricingsQuery(project));
  const mayWrite = useCan("models:CUD");
  return (
    <>
      {mayWrite && <Ask project={project} />}
      <Asked query={jobs} height="12rem">
        {(rows) => (
          <Card title="Past repricings" flush>
            <Table
              label="Repricings"
              columns={COLUMNS}
              rows={rows}
              rowKey={({ id }) => id ?? ""}
              empty={<EmptyState title="History was never repriced" />}
            />
          </Card>
        )}
      </Asked>
    </>
  );
}

function Ask({ project }: { project: string }): ReactElement {
  const [from, setFrom] = useState(daysAgo(30));
  const [to, setTo] = useState(daysAgo(0));
  const [models, setModels] = useState("");
  const queries = useQueryClient();
  const body = {
    from: startOf(from),
    to: endOf(to),
    models: models
      .split(",")
      .map((name) => name.trim())
      .filter(Boolean),
  };
  const preview = useMutation({ mutationFn: () => reprice(project, { ...body, dryRun: true }) });
  const start = useMutation({
    mutationFn: () => reprice(project, { ...body, dryRun: false }),
    onSuccess: () => {
      preview.reset();
      return queries.invalidateQueries({ queryKey: repricingsQuery(project).queryKey });
    },
  });
  const found = preview.data?.preview;
  const error = preview.error ?? start.error;
  return (
    <Card
      title="Reprice history"
      note="Costs are computed anew from the usage, with the definitions of today. Costs that clients gave stay."
    >
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-end gap-3">
          <TextField
            label="From"
            type="date"
            value={from}
            onChange={(text) => (setFrom(text), preview.reset())}
          />
          <TextField label="To" type="date" value={to} onChange={(text) => (setTo(text), preview.reset())} />
          <TextField
            label="Models, with commas"
            placeholder="All"
            value={models}
            onChange={(text) => (setModels(text), preview.reset())}
          />
          <Button isPending={preview.isPending} isDisabled={!from || !to} onPress={() => preview.mutate()}>
            Preview
          </Button>
        </div>
        {preview.data && !found && (
          <p role="status">Too much to look at beforehand; the job can still run.</p>
        )}
        {found && (
          <>
            <SumsText sums={found} />
            <SumsTable rows={found.byModel.filter(({ changed }) => changed > 0)} />
          </>
        )}
        {preview.data && (
          <div>
            <Button
              variant="primary"
              isDisabled={found?.changed === 0}
              isPending={start.isPending}
              onPress={() => start.mutate()}
            >
              {found ? `Reprice ${formatCount(found.changed)} generations` : "Reprice"}
            </Button>
          </div>
        )}
        {error && (
          <p role="alert" className="text-danger">
            {error.message}
          </p>
        )}
      </div>
    </Card>
  );
}

const TONES: Record<string, "ok" | "danger" | "info"> = { done: "ok", failed: "danger" };

const COLUMNS: TableColumn<Repricing>[] = [
  {
    id: "range",
    label: "Range",
    render: ({ from, to }) => (
      <span className="whitespace-nowrap">
        {formatDate(from)} – {formatDate(Date.parse(to) - 1)}
      </span>
    ),
  },
  { id: "models", label: "Models", wide: true, render: ({ models }) => models.join(", ") || "All" },
  {
    id: "status",
    label: "Status",
    render: ({ status, progress, lastError }) => (
      <span className="flex min-w-32 flex-col gap-1">
        <span>
          <Badge tone={TONES[status] ?? "info"}>{status}</Badge>
        </span>
        {status === "running" && progress && <ProgressBar label="Progress" value={progress.share * 100} />}
        {lastError && <span className="text-table text-danger">{lastError}</span>}
      </span>
    ),
  },
  {
    id: "changed",
    label: "Changed",
    align: "right",
    render: ({ progress }) => <span className="tabular">{formatCount(progress?.changed ?? 0)}</span>,
  },
  {
    id: "totals",
    label: "Total",
    align: "right",
    render: ({ progress }) => (
      <span className="tabular whitespace-nowrap">
        {progress
          ? `${formatCost(progress.oldTotal, { detail: true })} → ${formatCost(progress.newTotal, { detail: true })}`
          : "–"}
      </span>
    ),
  },
  {
    id: "at",
    label: "Asked for",
    wide: true,
    render: ({ requestedAt }) => (requestedAt ? formatDateTime(requestedAt) : "–"),
  },
];
