// The columns of the traces table.
import { Star } from "lucide-react";
import type { Column } from "@/kit/data-table";
import {
  flagColumn,
  idColumn,
  isText,
  levelColumn,
  metadataColumn,
  Missing,
  numberColumn,
  previewColumn,
  scoresColumn,
  tagsColumn,
  textColumn,
  timeColumn,
  TokenCell,
  wordsColumn,
  type RowScore,
  type Tokens,
} from "@/kit/list";

export type TraceRow = {
  id: string;
  time: string;
  name?: string | null;
  env?: string;
  user?: string | null;
  session?: string | null;
  release?: string | null;
  version?: string | null;
  tags?: string[];
  level?: string;
  latency?: number | null;
  ttft?: number | null;
  input?: string | null;
  output?: string | null;
  tokens?: Tokens | null;
  estimated?: boolean;
  cost?: number | null;
  "cost.in"?: number | null;
  "cost.out"?: number | null;
  observations?: number;
  errors?: number;
  warnings?: number;
  models?: string[];
  tools?: string[];
  prompt?: string[];
  bookmarked?: boolean;
  public?: boolean;
  metadata?: unknown;
  scores?: RowScore[];
  comments?: number;
};

const hidden = { hidden: true };

export const TRACE_COLUMNS: Column<TraceRow>[] = [
  timeColumn("time", "Time", (row) => row.time),
  {
    ...textColumn<TraceRow>("name", "Name", (row) => row.name, { width: 144, needs: ["name", "bookmarked"] }),
    cell: (row) => (
      <span className="font-medium">
        {row.bookmarked && (
          <Star
            size={12}
            role="img"
            aria-label="Bookmarked"
            className="mr-1 inline text-warn"
            fill="currentColor"
          />
        )}
        {row.name || <Missing />}
      </span>
    ),
  },
  previewColumn("input", "Input", (row) => row.input),
  previewColumn("output", "Output", (row) => row.output),
  levelColumn((row) => row.level),
  numberColumn("latency", "Latency", "duration", (row) => row.latency),
  {
    id: "tokens",
    label: "Tokens",
    width: 108,
    align: "end",
    sort: true,
    cell: (row) => <TokenCell tokens={row.tokens} estimated={row.estimated} />,
    condition: (row) =>
      row.tokens?.total == null
        ? null
        : { field: { name: "tokens" }, value: { kind: "compare", op: ">=", text: String(row.tokens.total) } },
    copy: (row) => (row.tokens?.total == null ? null : String(row.tokens.total)),
  },
  numberColumn("cost", "Cost", "cost", (row) => row.cost, { width: 92 }),
  tagsColumn((row) => row.tags),
  scoresColumn((row) => row.scores),
  idColumn("id", "Trace id", (row) => row.id, hidden),
  textColumn("user", "User", (row) => row.user, hidden),
  textColumn("session", "Session", (row) => row.session, hidden),
  textColumn("env", "Environment", (row) => row.env, { hidden: true, width: 110 }),
  textColumn("release", "Release", (row) => row.release, { hidden: true, width: 100 }),
  textColumn("version", "Version", (row) => row.version, { hidden: true, width: 100 }),
  wordsColumn("models", "Models", "model", (row) => row.models, hidden),
  numberColumn("observations", "Observations", "count", (row) => row.observations, {
    hidden: true,
    width: 108,
  }),
  numberColumn("errors", "Errors", "count", (row) => row.errors, hidden),
  numberColumn("warnings", "Warnings", "count", (row) => row.warnings, hidden),
  numberColumn("ttft", "First token", "duration", (row) => row.ttft, { hidden: true, sort: false }),
  numberColumn("tokens.in", "Input tokens", "tokens", (row) => row.tokens?.in, hidden),
  numberColumn("tokens.out", "Output tokens", "tokens", (row) => row.tokens?.out, hidden),
  numberColumn("tokens.cached", "Cached tokens", "tokens", (row) => row.tokens?.cached, hidden),
  numberColumn("cost.in", "Input cost", "cost", (row) => row["cost.in"], { hidden: true, sort: false }),
  numberColumn("cost.out", "Output cost", "cost", (row) => row["cost.out"], { hidden: true, sort: false }),
  wordsColumn("tools", "Tools called", "tool", (row) => row.tools, hidden),
  {
    ...wordsColumn<TraceRow>("prompt", "Prompts", "prompt", (row) => row.prompt, hidden),
    condition: (row) => isText("prompt", row.prompt?.[0]),
  },
  numberColumn("comments", "Comments", "count", (row) => row.comments, { hidden: true, sort: false }),
  flagColumn("bookmarked", "Bookmarked", (row) => row.bookmarked, { sort: true }),
  flagColumn("public", "Public", (row) => row.public),
  metadataColumn((row) => row.metadata),
];
