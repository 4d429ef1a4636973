// The columns of the users table. Numbers are of the time range.
import { CopyButton, Link } from "@/design";
import { Sparkline } from "@/kit/chart";
import type { Column } from "@/kit/data-table";
import {
  formatCost,
  formatCount,
  formatRelative,
  formatTime,
  formatTimeDetails,
  formatTokens,
  MISSING,
} from "@/kit/format";
import { print } from "@/kit/query-language";
import { is } from "@/kit/metrics";
import { paths } from "@/kit/url";

export type UserRow = {
  id: string;
  firstseen?: string | null;
  lastseen: string;
  sessions?: number;
  traces?: number;
  observations?: number;
  errors?: number;
  tokens?: { in: number | null; out: number | null; total: number | null } | null;
  cost?: number | null;
  spark?: number[];
  model?: string | null;
};

type Row = UserRow;

function number(
  id: keyof Row & string,
  label: string,
  width: number,
  format: (value: number | null) => string,
): Column<Row> {
  const read = (row: Row): number | null => (typeof row[id] === "number" ? row[id] : null);
  return {
    id,
    label,
    width,
    align: "end",
    sort: true,
    cell: (row) => <span className="tabular">{format(read(row))}</span>,
    copy: (row) => (read(row) === null ? null : String(read(row))),
  };
}

export function userColumns(project: string, range: string): Column<Row>[] {
  return [
    {
      id: "id",
      label: "User",
      width: 216,
      sort: true,
      cell: (row) => (
        <span className="flex min-w-0 items-center gap-1.5">
          <Link href={paths.user(project, row.id, { range })} className="min-w-0 truncate">
            {row.id}
          </Link>
          <CopyButton text={row.id} label="Copy user id" />
        </span>
      ),
      condition: (row) => ({ field: { name: "id" }, value: { kind: "atom", text: row.id } }),
      copy: (row) => row.id,
    },
    {
      id: "firstseen",
      label: "First seen",
      width: 112,
      sort: true,
      help: "Within the time range",
      cell: ({ firstseen }) => <span title={formatTimeDetails(firstseen)}>{formatTime(firstseen)}</span>,
      copy: ({ firstseen }) => firstseen ?? null,
    },
    {
      id: "lastseen",
      label: "Last seen",
      width: 100,
      sort: true,
      cell: ({ lastseen }) => <span title={formatTimeDetails(lastseen)}>{formatRelative(lastseen)}</span>,
      copy: ({ lastseen }) => lastseen,
    },
    number("sessions", "Sessions", 84, formatCount),
    {
      ...number("traces", "Traces", 80, formatCount),
      cell: ({ id, traces = 0 }) => (
        <Link href={paths.traces(project, { q: print([is("user", id)]), range })} className="tabular">
          {formatCount(traces)}
        </Link>
      ),
    },
    {
      ...number("errors", "Errors", 76, formatCount),
      cell: ({ errors = 0 }) => (
        <span className={errors > 0 ? "tabular text-danger" : "tabular text-3"}>{formatCount(errors)}</span>
      ),
    },
    {
      id: "tokens",
      label: "Tokens",
      width: 88,
      align: "end",
      sort: true,
      cell: ({ tokens }) => <span className="tabular">{formatTokens(tokens?.total)}</span>,
      copy: ({ tokens }) => (tokens?.total == null ? null : String(tokens.total)),
    },
    number("cost", "Cost", 88, formatCost),
    {
      id: "spark",
      label: "Cost, 7 days",
      width: 104,
      cell: ({ spark = [] }) => (
        <Sparkline
          values={spark}
          label={`Cost of the last 7 days: ${spark.map((cost) => formatCost(cost)).join(", ")}`}
        />
      ),
    },
    {
      id: "model",
      label: "Top model",
      width: 200,
      cell: ({ model }) => <span className="truncate">{model ?? MISSING}</span>,
      copy: ({ model }) => model ?? null,
    },
    { ...number("observations", "Observations", 104, formatCount), hidden: true },
  ];
}
