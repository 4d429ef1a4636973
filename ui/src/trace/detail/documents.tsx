// Renderings of retrievers, embeddings, tools, evaluators and guardrails.
import { Check, X } from "lucide-react";
import { type ReactElement, type ReactNode, useState } from "react";

import { Badge, Button, CopyButton, Table } from "@/design";
import { formatNumber, formatPlural } from "@/kit/format";

import { type Embedding, type FoundDocument, textsOf, type Verdict } from "./shapes";

function Part({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <section className="flex min-w-0 flex-col gap-2 px-3 py-2">
      <h3 className="font-semibold">{title}</h3>
      {children}
    </section>
  );
}

/** Marks the words of the question in a text. */
function Marked({ text, words }: { text: string; words: RegExp | null }): ReactElement {
  if (!words) return <>{text}</>;
  return <>{text.split(words).map((piece, at) => (at % 2 ? <mark key={at}>{piece}</mark> : piece))}</>;
}

function wordsOf(question: string | undefined): RegExp | null {
  const words = [...new Set(question?.toLowerCase().match(/[\p{L}\p{N}]{4,}/gu) ?? [])].slice(0, 20);
  return words.length ? new RegExp(`(${words.join("|")})`, "giu") : null;
}

export function Documents({
  documents,
  question,
}: {
  documents: FoundDocument[];
  question: unknown;
}): ReactElement {
  const words = wordsOf(textsOf(question)?.[0]);
  return (
    <Part title={formatPlural(documents.length, "document")}>
      <ol className="flex flex-col gap-2">
        {documents.map((one, at) => (
          <li key={at} className="rounded-card border border-line">
            <Document at={at + 1} document={one} words={words} />
          </li>
        ))}
      </ol>
    </Part>
  );
}

function Document({
  at,
  document,
  words,
}: {
  at: number;
  document: FoundDocument;
  words: RegExp | null;
}): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const isLong = document.text.length > 600;
  const text = isLong && !isOpen ? `${document.text.slice(0, 600)}…` : document.text;
  return (
    <article className="flex flex-col gap-1 p-2">
      <header className="flex items-center gap-2 text-table">
        <span className="tabular text-3">{at}</span>
        <span className="min-w-0 flex-1 truncate font-medium">
          {document.title ?? document.id ?? "Document"}
        </span>
        {document.id && document.title && <span className="mono truncate text-3">{document.id}</span>}
        {document.score !== null && <Badge title="Score">{formatNumber(document.score)}</Badge>}
        <CopyButton text={document.text} label="Copy the document" />
      </header>
      <p className="whitespace-pre-wrap">
        <Marked text={text} words={words} />
      </p>
      {isLong && (
        <span>
          <Button size="compact" variant="quiet" onPress={() => setOpen(!isOpen)}>
            {isOpen ? "Show less" : "Show all"}
          </Button>
        </span>
      )}
    </article>
  );
}

export function Embedded({
  texts,
  embedding,
}: {
  texts: string[] | null;
  embedding: Embedding;
}): ReactElement {
  return (
    <>
      <Part title="Vectors">
        <p className="tabular">
          {formatPlural(embedding.vectors, "vector")} of {embedding.size} dimensions
        </p>
      </Part>
      {texts && (
        <Part title={formatPlural(texts.length, "text")}>
          <ol className="flex list-decimal flex-col gap-1 pl-6">
            {texts.slice(0, 50).map((text, at) => (
              <li key={at} className="whitespace-pre-wrap">
                {text}
              </li>
            ))}
          </ol>
        </Part>
      )}
    </>
  );
}

export function VerdictView({ verdict }: { verdict: Verdict }): ReactElement {
  const { passed, score, label, reason } = verdict;
  return (
    <Part title="Verdict">
      <p className="flex flex-wrap items-center gap-2">
        {passed !== null && (
          <Badge tone={passed ? "ok" : "danger"} icon={passed ? Check : X}>
            {passed ? "Passed" : "Blocked"}
          </Badge>
        )}
        {label && <Badge>{label}</Badge>}
        {score !== null && <span className="tabular text-section font-semibold">{formatNumber(score)}</span>}
      </p>
      {reason && <p className="whitespace-pre-wrap text-2">{reason}</p>}
    </Part>
  );
}

const ROWS = 100;

export function ResultTable({
  columns,
  rows,
}: {
  columns: string[];
  rows: Record<string, unknown>[];
}): ReactElement {
  return (
    <Part title={formatPlural(rows.length, "row")}>
      <Table
        label="Result"
        rows={rows.slice(0, ROWS)}
        rowKey={(row) => rows.indexOf(row)}
        columns={columns.map((name) => ({
          id: name,
          label: name,
          align: typeof rows[0]![name] === "number" ? ("right" as const) : ("left" as const),
          render: (row: Record<string, unknown>) =>
            row[name] === null || row[name] === undefined ? "" : String(row[name]),
        }))}
      />
      {rows.length > ROWS && (
        <p className="text-table text-3">The first {ROWS} rows; all are in the output below.</p>
      )}
    </Part>
  );
}
