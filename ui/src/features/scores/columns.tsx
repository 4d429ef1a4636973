// The columns of the scores table.
import { Badge } from "@/design";
import type { Column } from "@/kit/data-table";
import { formatScore } from "@/kit/format";
import { idColumn, isText, Missing, previewColumn, textColumn, timeColumn } from "@/kit/list";

export type ScoreRow = {
  id: string;
  time: string;
  name?: string;
  value?: number | null;
  text?: string | null;
  type?: string;
  source?: string;
  trace?: string | null;
  observation?: string | null;
  session?: string | null;
  env?: string;
  comment?: string | null;
  author?: string | null;
  config?: string | null;
  user?: string | null;
  tracename?: string | null;
};

type C = Column<ScoreRow>;

const valueColumn: C = {
  id: "value",
  label: "Value",
  width: 130,
  align: "end",
  sort: true,
  needs: ["value", "text", "type"],
  cell: (row) => <span className="font-medium text-1">{formatScore(row)}</span>,
  condition: (row) =>
    row.type === "NUMERIC" || !row.text
      ? row.value == null
        ? null
        : { field: { name: "value" }, value: { kind: "atom", text: String(row.value) } }
      : isText("text", row.text),
  copy: (row) => row.text ?? (row.value == null ? null : String(row.value)),
};

const SOURCE: Record<string, string> = { API: "API", EVAL: "Evaluator", ANNOTATION: "Person" };

const sourceColumn: C = {
  id: "source",
  label: "Source",
  width: 104,
  cell: (row) => (row.source ? <Badge>{SOURCE[row.source] ?? row.source}</Badge> : <Missing />),
  condition: (row) => isText("source", row.source),
  copy: (row) => row.source ?? null,
};

export const SCORE_COLUMNS: C[] = [
  timeColumn("time", "Time", (row) => row.time),
  textColumn("name", "Name", (row) => row.name, { width: 160 }),
  valueColumn,
  textColumn("type", "Type", (row) => row.type, { width: 110, sort: false }),
  sourceColumn,
  textColumn("tracename", "Trace", (row) => row.tracename, { sort: false, width: 150 }),
  idColumn("trace", "Trace id", (row) => row.trace),
  idColumn("observation", "Observation", (row) => row.observation),
  previewColumn("comment", "Comment", (row) => row.comment),
  textColumn("author", "Author", (row) => row.author, { sort: false, width: 130 }),
  textColumn("env", "Environment", (row) => row.env, { width: 110, sort: false }),
  textColumn("user", "User", (row) => row.user, { hidden: true, sort: false }),
  idColumn("session", "Session", (row) => row.session, { hidden: true }),
  idColumn("config", "Config", (row) => row.config, { hidden: true }),
  idColumn("id", "Score id", (row) => row.id, { hidden: true }),
];
