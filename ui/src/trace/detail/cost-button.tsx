// The cost of a span, and on a press where it comes from: the ledger line by line.
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, type Schema } from "@/api";
import { Badge, Button, ErrorState, Popover, Skeleton, Table } from "@/design";
import { formatCost, formatCount } from "@/kit/format";

import { isPublished } from "../source";
import type { Span } from "../types";
import { useViewer } from "../viewer-state";
import { Fact } from "./fact";

type Ledger = Schema<"LedgerOut">;

export function CostButton({ node, span }: { node: number; span: Span | undefined }): ReactElement | null {
  const { model, source } = useViewer();
  const row = model.rows[node]!;
  const isParent = model.size[node]! > 1;
  const subtree = model.sumCost[node]!;
  const own = Number.isNaN(row.cost) ? null : row.cost;
  if (row.tokens === 0 && own === null && Number.isNaN(subtree)) return null;
  const cost = formatCost(span?.totalCost ?? own, { detail: true });
  return (
    <>
      {(own !== null || row.tokens > 0) && (
        <Fact label="Cost">{isPublished(source) ? cost : <LedgerPopover text={cost} spanId={row.id} />}</Fact>
      )}
      {isParent && !Number.isNaN(subtree) && subtree !== own && (
        <Fact label="With everything inside">{formatCost(subtree, { detail: true })}</Fact>
      )}
    </>
  );
}

function LedgerPopover({ text, spanId }: { text: string; spanId: string }): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover
      label="Where this cost comes from"
      isOpen={isOpen}
      onOpenChange={setOpen}
      className="w-120"
      trigger={
        <Button
          variant="quiet"
          size="compact"
          className="h-auto! px-1! underline decoration-dotted"
          aria-label={`Cost ${text}, where it comes from`}
        >
          {text}
        </Button>
      }
    >
      <LedgerView spanId={spanId} />
    </Popover>
  );
}

function LedgerView({ spanId }: { spanId: string }): ReactElement {
  const { projectId } = useViewer();
  const { data, error, refetch } = useQuery({
    queryKey: ["ledger", projectId, spanId],
    queryFn: ({ signal }) =>
      api.get("/api/public/spyglass/observations/{observation_id}/cost", {
        path: { observation_id: spanId },
        project: projectId,
        signal,
      }),
  });
  if (error && !data) return <ErrorState compact error={error} onRetry={() => void refetch()} />;
  if (!data) return <Skeleton height="8rem" />;
  return (
    <div className="flex flex-col gap-3">
      <p className="flex items-baseline gap-2">
        <span className="tabular text-section font-semibold">{formatCost(data.total, { detail: true })}</span>
        {data.model?.modelName && <Badge>{data.model.modelName}</Badge>}
        {data.tier && !data.tier.isDefault && <Badge tone="info">{data.tier.name}</Badge>}
      </p>
      <p className="text-2">{data.why}</p>
      <Lines ledger={data} />
      <Notes ledger={data} />
    </div>
  );
}

function Lines({ ledger }: { ledger: Ledger }): ReactElement | null {
  if (ledger.lines.length === 0) return null;
  return (
    <Table
      label="Usage and prices"
      rows={ledger.lines}
      rowKey={(line) => line.usageType}
      columns={[
        {
          id: "kind",
          label: "Usage",
          render: (line) => <span className={line.counted ? undefined : "text-3"}>{line.usageType}</span>,
        },
        { id: "units", label: "Units", align: "right", render: (line) => formatCount(line.units) },
        {
          id: "price",
          label: "Price per unit",
          align: "right",
          render: (line) => formatCost(line.unitPrice),
        },
        {
          id: "amount",
          label: "Amount",
          align: "right",
          render: (line) => formatCost(line.amount, { detail: true }),
        },
      ]}
    />
  );
}

function Notes({ ledger }: { ledger: Ledger }): ReactElement | null {
  const notes = [
    ledger.model?.why,
    ledger.tier?.why,
    ledger.usage.note,
    ...ledger.lines.map((line) => line.note),
    ledger.rollup?.note,
    ledger.now.differs
      ? `With today's prices it would cost ${formatCost(ledger.now.total, { detail: true })}.`
      : null,
  ].filter((note): note is string => !!note);
  if (notes.length === 0) return null;
  return (
    <ul className="flex list-disc flex-col gap-1 pl-4 text-table text-2">
      {[...new Set(notes)].map((note) => (
        <li key={note}>{note}</li>
      ))}
    </ul>
  );
}
