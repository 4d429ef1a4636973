// The columns of the observations table.
import { TypeIcon, typeLook } from "@/design";
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

export type ObservationRow = {
  id: string;
  trace: string;
  time: string;
  end?: string | null;
  parent?: string | null;
  type?: string;
  name?: string | null;
  tracename?: string | null;
  level?: string;
  status?: string | null;
  latency?: number | null;
  ttft?: number | null;
  model?: string | null;
  tokens?: Tokens | null;
  estimated?: boolean;
  cost?: number | null;
  "cost.in"?: number | null;
  "cost.out"?: number | null;
  tps?: number | null;
  prompt?: string | null;
  promptversion?: number | null;
  "tool.called"?: string[];
  "tool.offered"?: string[];
  isroot?: boolean;
  input?: string | null;
  output?: string | null;
  env?: string;
  user?: string | null;
  session?: string | null;
  tags?: string[];
  release?: string | null;
  version?: string | null;
  metadata?: unknown;
  scores?: RowScore[];
  comments?: number;
};

type C = Column<ObservationRow>;
const hidden = { hidden: true };

const typeColumn: C = {
  id: "type",
  label: "Type",
  width: 112,
  sort: true,
  cell: (row) => (
    <span className="inline-flex items-center gap-1.5 align-middle">
      <TypeIcon type={row.type} decorative />
      {typeLook(row.type).label}
    </span>
  ),
  condition: (row) => isText("type", row.type),
  copy: (row) => row.type ?? null,
};

const tokensColumn: C = {
  id: "tokens",
  label: "Tokens",
  width: 116,
  align: "end",
  sort: true,
  cell: (row) => <TokenCell tokens={row.tokens} estimated={row.estimated} />,
  copy: (row) => (row.tokens?.total == null ? null : String(row.tokens.total)),
};

const promptColumn: C = {
  id: "prompt",
  label: "Prompt",
  width: 130,
  sort: true,
  needs: ["prompt", "promptversion"],
  cell: (row) =>
    row.prompt ? `${row.prompt}${row.promptversion == null ? "" : `@${row.promptversion}`}` : <Missing />,
  condition: (row) => isText("prompt", row.prompt),
  copy: (row) => row.prompt ?? null,
};

export const OBSERVATION_COLUMNS: C[] = [
  timeColumn("time", "Time", (row) => row.time),
  typeColumn,
  textColumn("name", "Name", (row) => row.name, { width: 140 }),
  textColumn("tracename", "Trace", (row) => row.tracename, { sort: false }),
  previewColumn("input", "Input", (row) => row.input),
  previewColumn("output", "Output", (row) => row.output),
  levelColumn((row) => row.level),
  numberColumn("latency", "Latency", "duration", (row) => row.latency),
  numberColumn("ttft", "First token", "duration", (row) => row.ttft),
  textColumn("model", "Model", (row) => row.model, { width: 150 }),
  tokensColumn,
  numberColumn("cost", "Cost", "cost", (row) => row.cost, { width: 92 }),
  promptColumn,
  numberColumn("tps", "Tokens/s", "count", (row) => row.tps, hidden),
  textColumn("status", "Status message", (row) => row.status, { hidden: true, sort: false, width: 220 }),
  idColumn("parent", "Parent", (row) => row.parent, hidden),
  idColumn("id", "Observation id", (row) => row.id, hidden),
  idColumn("trace", "Trace id", (row) => row.trace, hidden),
  textColumn("env", "Environment", (row) => row.env, { hidden: true, width: 110 }),
  textColumn("user", "User", (row) => row.user, { hidden: true, sort: false }),
  textColumn("session", "Session", (row) => row.session, { hidden: true, sort: false }),
  tagsColumn((row) => row.tags, hidden),
  textColumn("release", "Release", (row) => row.release, { hidden: true, sort: false }),
  textColumn("version", "Version", (row) => row.version, hidden),
  wordsColumn("tool.called", "Tools called", "tool.called", (row) => row["tool.called"], hidden),
  wordsColumn("tool.offered", "Tools offered", "tool.offered", (row) => row["tool.offered"], hidden),
  numberColumn("tokens.in", "Input tokens", "tokens", (row) => row.tokens?.in, hidden),
  numberColumn("tokens.out", "Output tokens", "tokens", (row) => row.tokens?.out, hidden),
  numberColumn("tokens.cached", "Cached tokens", "tokens", (row) => row.tokens?.cached, hidden),
  numberColumn("cost.in", "Input cost", "cost", (row) => row["cost.in"], hidden),
  numberColumn("cost.out", "Output cost", "cost", (row) => row["cost.out"], hidden),
  timeColumn("end", "End", (row) => row.end, { hidden: true, sort: false }),
  flagColumn("isroot", "Is root", (row) => row.isroot),
  { ...scoresColumn<ObservationRow>((row) => row.scores), hidden: true },
  numberColumn("comments", "Comments", "count", (row) => row.comments, { hidden: true, sort: false }),
  metadataColumn((row) => row.metadata),
];
