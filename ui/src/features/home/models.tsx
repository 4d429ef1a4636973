// Models: what was asked of each, what it cost and how long it took. A self-hosted model at $0 is $0, an unknown price is not.
import type { ReactElement } from "react";
import { Link, TooltipText, type TableColumn } from "@/design";
import { costNote, differingSum, ListCard, NUMBERS, type View } from "@/kit/board";
import { ShareBar } from "@/kit/chart";
import { formatCost, formatCount, formatMs, formatShare, formatTokens, MISSING } from "@/kit/format";
import { is, numberOf, observationsHref, textOf, together, useMetrics, type Row } from "@/kit/metrics";
import { MODELS } from "./questions";

export function Models({ view }: { view: View }): ReactElement {
  const query = useMetrics(view.projectId, MODELS, view.scope);
  const total = useMetrics(view.projectId, NUMBERS, view.scope);
  const rows = query.data?.data ?? [];
  const differs =
    query.data && total.data
      ? differingSum(rows, "sum_totalCost", numberOf(total.data.data[0], "sum_totalCost"))
      : null;
  return (
    <ListCard
      title="Models by cost"
      className="lg:col-span-2"
      state={together(query)}
      columns={columnsOf(view, rows)}
      rows={rows}
      rowKey={(row) => textOf(row, "providedModelName") ?? ""}
      note={differs === null ? undefined : costNote(differs)}
      emptyText="No model was called in this range."
    />
  );
}

function columnsOf(view: View, rows: readonly Row[]): TableColumn<Row>[] {
  const most = Math.max(...rows.map((row) => numberOf(row, "sum_totalCost") ?? 0), 0);
  const number = (
    id: string,
    label: string,
    format: (value: number | null) => string,
    wide = false,
  ): TableColumn<Row> => ({
    id,
    label,
    align: "right",
    wide,
    render: (row) => format(numberOf(row, id)),
  });
  return [
    {
      id: "model",
      label: "Model",
      className: "min-w-32",
      render: (row) => {
        const model = textOf(row, "providedModelName") ?? "";
        const terms = [is("model", model)];
        return <Link href={observationsHref(view.place, terms, terms)}>{model}</Link>;
      },
    },
    number("count_count", "Requests", formatCount),
    number("sum_inputTokens", "Tokens in", formatTokens, true),
    number("sum_outputTokens", "Tokens out", formatTokens, true),
    { id: "cost", label: "Cost", align: "right", render: (row) => <Cost row={row} most={most} /> },
    number("p50_latency", "p50", formatMs, true),
    number("p95_latency", "p95", formatMs),
    number("p99_latency", "p99", formatMs, true),
    number("avg_errorRate", "Errors", formatShare, true),
  ];
}

function Cost({ row, most }: { row: Row; most: number }): ReactElement {
  const cost = numberOf(row, "sum_totalCost");
  if (cost === null) {
    const why = `No price for model ${textOf(row, "providedModelName") ?? ""}, or no usage was sent.`;
    return <TooltipText label={why}>{MISSING}</TooltipText>;
  }
  return (
    <ShareBar value={cost} of={most}>
      {formatCost(cost)}
    </ShareBar>
  );
}
