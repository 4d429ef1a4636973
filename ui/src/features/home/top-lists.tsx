// Trace names by volume, users by cost, tools by error rate.
import type { ReactElement } from "react";
import { Link, type TableColumn } from "@/design";
import { ListCard, NUMBERS, type View } from "@/kit/board";
import { ShareBar } from "@/kit/chart";
import { formatCost, formatCount, formatMs, formatShare, formatTokens } from "@/kit/format";
import {
  is,
  isMissing,
  numberOf,
  observationsHref,
  textOf,
  together,
  tracesHref,
  useMetrics,
  userHref,
  type Row,
} from "@/kit/metrics";
import { TOOLS, TRACE_NAMES, USERS } from "./questions";

type Props = { view: View };
type Format = (value: number | null) => string;

function number(id: string, label: string, format: Format, wide = false): TableColumn<Row> {
  return { id, label, align: "right", wide, render: (row) => format(numberOf(row, id)) };
}

function greatest(rows: readonly Row[], name: string): number {
  return Math.max(...rows.map((row) => numberOf(row, name) ?? 0), 0);
}

function barred(id: string, label: string, format: Format, rows: readonly Row[]): TableColumn<Row> {
  const of = greatest(rows, id);
  return {
    id,
    label,
    align: "right",
    render: (row) => (
      <ShareBar value={numberOf(row, id)} of={of}>
        {format(numberOf(row, id))}
      </ShareBar>
    ),
  };
}

export function TraceNames({ view }: Props): ReactElement {
  const query = useMetrics(view.projectId, TRACE_NAMES, view.scope);
  const rows = query.data?.data ?? [];
  return (
    <ListCard
      title="Trace names by volume"
      state={together(query)}
      rows={rows}
      rowKey={(row) => textOf(row, "name") ?? ""}
      emptyText="No traces in this range."
      columns={[
        {
          id: "name",
          label: "Name",
          className: "min-w-32",
          render: (row) => {
            const name = textOf(row, "name");
            return (
              <Link href={tracesHref(view.place, [name ? is("name", name) : isMissing("name")])}>
                {name ?? "No name"}
              </Link>
            );
          },
        },
        barred("count_count", "Traces", formatCount, rows),
        number("p95_latency", "p95", formatMs),
        number("avg_errorRate", "Errors", formatShare, true),
        number("sum_totalCost", "Cost", formatCost, true),
      ]}
    />
  );
}

export function Users({ view }: Props): ReactElement {
  const query = useMetrics(view.projectId, USERS, view.scope);
  const totals = useMetrics(view.projectId, NUMBERS, view.scope);
  const rows = query.data?.data ?? [];
  return (
    <ListCard
      title="Users by cost"
      state={together(query)}
      rows={rows}
      of={numberOf(totals.data?.data[0], "uniq_uniqueUserIds")}
      rowKey={(row) => textOf(row, "userId") ?? ""}
      emptyText="No trace in this range names its user."
      columns={[
        {
          id: "user",
          label: "User",
          className: "min-w-32",
          render: (row) => (
            <Link href={userHref(view.place, textOf(row, "userId") ?? "")}>{textOf(row, "userId")}</Link>
          ),
        },
        {
          id: "count",
          label: "Traces",
          align: "right",
          render: (row) => (
            <Link href={tracesHref(view.place, [is("user", textOf(row, "userId") ?? "")])}>
              {formatCount(numberOf(row, "count_count"))}
            </Link>
          ),
        },
        number("sum_totalTokens", "Tokens", formatTokens, true),
        barred("sum_totalCost", "Cost", formatCost, rows),
      ]}
    />
  );
}

export function Tools({ view }: Props): ReactElement {
  const query = useMetrics(view.projectId, TOOLS, view.scope);
  const rows = query.data?.data ?? [];
  const terms = (row: Row) => [is("type", "TOOL"), is("name", textOf(row, "name") ?? "")];
  const failed = (row: Row) => [...terms(row), is("level", "ERROR")];
  const onTraces = (row: Row) => [is("tool", textOf(row, "name") ?? "")];
  return (
    <ListCard
      title="Tools by error rate"
      state={together(query)}
      rows={rows}
      rowKey={(row) => textOf(row, "name") ?? ""}
      emptyText="No tool was called in this range."
      columns={[
        {
          id: "name",
          label: "Tool",
          className: "min-w-32",
          render: (row) => (
            <Link href={observationsHref(view.place, terms(row), onTraces(row))}>
              {textOf(row, "name") ?? "No name"}
            </Link>
          ),
        },
        barred("avg_errorRate", "Error rate", formatShare, rows),
        {
          id: "errors",
          label: "Errors",
          align: "right",
          render: (row) => {
            const errors = numberOf(row, "sum_errorRate");
            if (!errors) return formatCount(errors);
            return (
              <Link href={observationsHref(view.place, failed(row), onTraces(row))}>
                {formatCount(errors)}
              </Link>
            );
          },
        },
        number("count_count", "Calls", formatCount),
        number("p95_latency", "p95", formatMs, true),
      ]}
    />
  );
}
