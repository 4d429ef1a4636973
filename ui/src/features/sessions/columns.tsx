// The columns of the sessions table.
import { Bookmark } from "lucide-react";
import { Badge, CopyButton, Link } from "@/design";
import type { Column } from "@/kit/data-table";
import {
  formatCost,
  formatCount,
  formatDuration,
  formatRelative,
  formatScore,
  formatTime,
  formatTimeDetails,
  formatTokenPair,
  MISSING,
} from "@/kit/format";
import { paths } from "@/kit/url";

export type SessionRow = {
  id: string;
  time: string;
  last?: string | null;
  duration?: number | null;
  traces?: number;
  users?: string[];
  observations?: number;
  errors?: number;
  tokens?: { in: number | null; out: number | null; total: number | null } | null;
  cost?: number | null;
  env?: string[];
  tags?: string[];
  scores?: { name: string; type: string; value?: number | null; text?: string | null; n: number }[];
  input?: string | null;
  bookmarked?: boolean;
};

type Row = SessionRow;
const word = (text: string) => ({ kind: "atom" as const, text });
const firstOf = (name: string, values: string[] | undefined) =>
  values?.[0] === undefined ? null : { field: { name }, value: word(values[0]) };

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

const when = (time: string | null | undefined) => (
  <span title={formatTimeDetails(time)}>{formatTime(time)}</span>
);

function badges(values: readonly string[] | undefined) {
  if (!values || values.length === 0) return <span className="text-3">{MISSING}</span>;
  return (
    <span className="flex gap-1 overflow-hidden">
      {values.map((value) => (
        <Badge key={value}>{value}</Badge>
      ))}
    </span>
  );
}

export function sessionColumns(project: string, range: string): Column<Row>[] {
  return [
    {
      id: "id",
      label: "Session",
      width: 220,
      sort: true,
      needs: ["id", "bookmarked"],
      cell: (row) => (
        <span className="flex min-w-0 items-center gap-1.5">
          {row.bookmarked && (
            <Bookmark size={12} aria-label="Bookmarked" className="shrink-0 fill-current text-accent" />
          )}
          <Link href={paths.session(project, row.id)} className="min-w-6 truncate">
            {row.id}
          </Link>
          <CopyButton text={row.id} label="Copy session id" />
        </span>
      ),
      condition: (row) => ({ field: { name: "id" }, value: word(row.id) }),
      copy: (row) => row.id,
    },
    {
      id: "time",
      label: "Started",
      width: 120,
      sort: true,
      cell: ({ time }) => when(time),
      copy: ({ time }) => time,
    },
    {
      id: "last",
      label: "Last activity",
      width: 104,
      sort: true,
      cell: ({ last }) => <span title={formatTimeDetails(last)}>{formatRelative(last)}</span>,
      copy: ({ last }) => last ?? null,
    },
    number("duration", "Duration", 92, formatDuration),
    {
      ...number("traces", "Turns", 72, formatCount),
      help: "Traces of the session in this time range",
    },
    {
      id: "users",
      label: "Users",
      width: 180,
      cell: ({ users = [] }) => (
        <span className="flex min-w-0 gap-1.5 overflow-hidden">
          {users.length === 0 && <span className="text-3">{MISSING}</span>}
          {users.slice(0, 3).map((user) => (
            <Link key={user} href={paths.user(project, user, { range })} className="truncate">
              {user}
            </Link>
          ))}
          {users.length > 3 && <span className="text-3">{`+${users.length - 3}`}</span>}
        </span>
      ),
      condition: ({ users }) => firstOf("user", users),
    },
    {
      id: "input",
      label: "First message",
      width: 280,
      cell: ({ input }, tall) => message(input, tall),
      copy: ({ input }) => input ?? null,
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
      width: 128,
      align: "end",
      sort: true,
      cell: ({ tokens }) => <span className="tabular">{formatTokenPair(tokens?.in, tokens?.out)}</span>,
      copy: ({ tokens }) => (tokens?.total == null ? null : String(tokens.total)),
    },
    number("cost", "Cost", 84, formatCost),
    { id: "scores", label: "Scores", width: 200, cell: ({ scores = [] }) => scoreBadges(scores) },
    {
      id: "tags",
      label: "Tags",
      width: 160,
      cell: ({ tags }) => badges(tags),
      condition: ({ tags }) => firstOf("tags", tags),
    },
    {
      id: "env",
      label: "Environment",
      width: 120,
      cell: ({ env }) => badges(env),
      condition: ({ env }) => firstOf("env", env),
    },
    { ...number("observations", "Observations", 104, formatCount), hidden: true },
  ];
}

function message(input: string | null | undefined, tall: boolean) {
  if (!input) return <span className="text-3">{MISSING}</span>;
  return <span className={tall ? "line-clamp-3 whitespace-normal" : "truncate"}>{input}</span>;
}

function scoreBadges(scores: NonNullable<Row["scores"]>) {
  if (scores.length === 0) return <span className="text-3">{MISSING}</span>;
  return (
    <span className="flex gap-1 overflow-hidden">
      {scores.map(({ name, type, value, text }) => (
        <Badge key={`${name} ${type}`} title={`${name}: ${formatScore({ value, text, type })}`}>
          {name} {formatScore({ value, text, type })}
        </Badge>
      ))}
    </span>
  );
}
