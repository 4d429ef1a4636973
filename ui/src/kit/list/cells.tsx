// Cells that lists of traces, observations, sessions, users and scores have in common.
import clsx from "clsx";
import type { ReactElement } from "react";
import { Badge, LevelBadge } from "@/design";
import type { Column, Condition } from "../data-table";
import {
  formatCost,
  formatCount,
  formatDuration,
  formatScore,
  formatTime,
  formatTimeDetails,
  formatTokenPair,
  formatTokens,
  MISSING,
  shortId,
} from "../format";

export type Tokens = { in: number | null; out: number | null; total: number | null; cached?: number | null };
export type RowScore = {
  name: string;
  value?: number | null;
  text?: string | null;
  type?: string;
  n?: number;
};

/** "Is this text" for the cell actions; none for a missing value. */
export function isText(name: string, text: string | null | undefined, key?: string): Condition | null {
  if (text === null || text === undefined || text === "") return null;
  return { field: key === undefined ? { name } : { name, key }, value: { kind: "atom", text } };
}

function atLeast(name: string, value: number | null | undefined): Condition | null {
  if (value === null || value === undefined) return null;
  return { field: { name }, value: { kind: "compare", op: ">=", text: String(value) } };
}

type Rest<R> = Partial<Omit<Column<R>, "id" | "label" | "cell" | "condition">>;
type Get<R, T> = (row: R) => T | null | undefined;

/** A column of short texts that can be filtered by. */
export function textColumn<R>(id: string, label: string, get: Get<R, string>, rest: Rest<R> = {}): Column<R> {
  return {
    id,
    label,
    width: 140,
    sort: true,
    cell: (row) => get(row) || <Missing />,
    condition: (row) => isText(id, get(row)),
    copy: (row) => get(row) ?? null,
    ...rest,
  };
}

export function idColumn<R>(id: string, label: string, get: Get<R, string>, rest: Rest<R> = {}): Column<R> {
  return {
    ...textColumn(id, label, get, { width: 108, sort: false, ...rest }),
    cell: (row) => (get(row) ? <code title={get(row) ?? ""}>{shortId(get(row))}</code> : <Missing />),
  };
}

const FORMAT = {
  duration: (value: number) => formatDuration(value),
  cost: (value: number) => formatCost(value),
  tokens: (value: number) => formatTokens(value),
  count: (value: number) => formatCount(value),
};

export function numberColumn<R>(
  id: string,
  label: string,
  kind: keyof typeof FORMAT,
  get: Get<R, number>,
  rest: Rest<R> = {},
): Column<R> {
  return {
    id,
    label,
    width: 78,
    align: "end",
    sort: true,
    cell: (row) => {
      const value = get(row);
      return value === null || value === undefined ? <Missing /> : FORMAT[kind](value);
    },
    condition: (row) => atLeast(id, get(row)),
    copy: (row) => (get(row) == null ? null : String(get(row))),
    ...rest,
  };
}

export function timeColumn<R>(id: string, label: string, get: Get<R, string>, rest: Rest<R> = {}): Column<R> {
  return {
    id,
    label,
    width: 110,
    sort: true,
    cell: (row) => (
      <time dateTime={get(row) ?? undefined} title={formatTimeDetails(get(row))} className="tabular text-2">
        {formatTime(get(row))}
      </time>
    ),
    copy: (row) => get(row) ?? null,
    ...rest,
  };
}

export function previewColumn<R>(
  id: string,
  label: string,
  get: Get<R, string>,
  rest: Rest<R> = {},
): Column<R> {
  return {
    id,
    label,
    width: 160,
    grow: true,
    cell: (row, tall) => <Preview text={get(row)} tall={tall} />,
    copy: (row) => get(row) ?? null,
    ...rest,
  };
}

/** The beginning of a long text; line breaks become spaces. */
export function Preview({ text, tall }: { text: string | null | undefined; tall: boolean }): ReactElement {
  if (text === null || text === undefined || text === "") return <Missing />;
  const flat = text.slice(0, tall ? 400 : 160).replace(/\s+/g, " ");
  const isJson = /^[[{]/.test(flat);
  return (
    <span className={clsx("text-2", !tall && "block truncate", isJson && "mono text-caption")}>{flat}</span>
  );
}

export function Missing(): ReactElement {
  return <span className="text-3">{MISSING}</span>;
}

export function TokenCell({
  tokens,
  estimated,
}: {
  tokens: Tokens | null | undefined;
  estimated?: boolean;
}): ReactElement {
  if (!tokens) return <Missing />;
  const text =
    tokens.in === null && tokens.out === null
      ? formatTokens(tokens.total)
      : formatTokenPair(tokens.in, tokens.out);
  const cached = tokens.cached ? `, ${formatTokens(tokens.cached)} cached` : "";
  return (
    <span title={`${formatTokens(tokens.total)} in all${cached}${estimated ? ", estimated" : ""}`}>
      {estimated ? "~" : ""}
      {text}
    </span>
  );
}

export function levelColumn<R>(get: Get<R, string>): Column<R> {
  return {
    id: "level",
    label: "Level",
    width: 64,
    sort: true,
    cell: (row) => <LevelBadge level={get(row)} compact />,
    condition: (row) => isText("level", get(row)),
    copy: (row) => get(row) ?? null,
  };
}

export function Tags({ tags }: { tags: readonly string[] | null | undefined }): ReactElement {
  if (!tags || tags.length === 0) return <Missing />;
  return (
    <span className="inline-flex max-w-full gap-1 overflow-hidden align-middle" title={tags.join(", ")}>
      {tags.slice(0, 4).map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {tags.length > 4 && <span className="text-3">+{tags.length - 4}</span>}
    </span>
  );
}

export function tagsColumn<R>(get: Get<R, string[]>, rest: Rest<R> = {}): Column<R> {
  return {
    id: "tags",
    label: "Tags",
    width: 150,
    cell: (row) => <Tags tags={get(row)} />,
    condition: (row) => isText("tags", get(row)?.[0]),
    copy: (row) => get(row)?.join(", ") ?? null,
    ...rest,
  };
}

/** Names joined by commas: models, tools, users. */
export function wordsColumn<R>(
  id: string,
  label: string,
  field: string,
  get: Get<R, string[]>,
  rest: Rest<R> = {},
): Column<R> {
  return {
    id,
    label,
    width: 150,
    cell: (row) => {
      const words = get(row) ?? [];
      return words.length === 0 ? <Missing /> : <span title={words.join(", ")}>{words.join(", ")}</span>;
    },
    condition: (row) => isText(field, get(row)?.[0]),
    copy: (row) => get(row)?.join(", ") ?? null,
    ...rest,
  };
}

export function Scores({ scores }: { scores: readonly RowScore[] | null | undefined }): ReactElement {
  if (!scores || scores.length === 0) return <Missing />;
  const words = scores.map((score) => `${score.name} ${formatScore(score)}`);
  return (
    <span className="inline-flex max-w-full gap-1 overflow-hidden align-middle" title={words.join(", ")}>
      {scores.slice(0, 3).map((score) => (
        <Badge key={score.name}>
          {score.name} <span className="tabular text-1">{formatScore(score)}</span>
        </Badge>
      ))}
      {scores.length > 3 && <span className="text-3">+{scores.length - 3}</span>}
    </span>
  );
}

export function scoresColumn<R>(get: Get<R, RowScore[]>): Column<R> {
  return {
    id: "scores",
    label: "Scores",
    width: 190,
    cell: (row) => <Scores scores={get(row)} />,
    condition: (row) => {
      const first = get(row)?.[0];
      if (!first) return null;
      const text = first.text ?? (first.value == null ? null : String(first.value));
      return isText("score", text, first.name);
    },
    copy: (row) =>
      get(row)
        ?.map((score) => `${score.name}: ${formatScore(score)}`)
        .join(", ") ?? null,
  };
}

export function metadataColumn<R>(get: Get<R, unknown>): Column<R> {
  const text = (row: R): string => {
    const value = get(row);
    return value === null || value === undefined
      ? ""
      : typeof value === "string"
        ? value
        : JSON.stringify(value);
  };
  return previewColumn("metadata", "Metadata", text, { hidden: true, width: 220 });
}

export function flagColumn<R>(
  id: string,
  label: string,
  get: Get<R, boolean>,
  rest: Rest<R> = {},
): Column<R> {
  return {
    id,
    label,
    width: 96,
    hidden: true,
    cell: (row) => (get(row) ? "Yes" : <span className="text-3">No</span>),
    condition: (row) => isText(id, String(get(row) ?? false)),
    copy: (row) => String(get(row) ?? false),
    ...rest,
  };
}
