// What inputs and outputs of spans other than model calls often look like: documents, vectors, tables, verdicts.
// Each reader gives null for anything else, and the value is then shown as it is.
import type { StoredText } from "../types";

const PARSE_UP_TO = 512 << 10;

/** The value behind a stored text; undefined when it is cut, too large or no JSON. */
export function valueOf(stored: StoredText): unknown {
  if (stored.truncated || stored.length > PARSE_UP_TO || stored.kind === "none") return undefined;
  if (stored.kind === "text") return stored.text;
  try {
    return JSON.parse(stored.text) as unknown;
  } catch {
    return undefined;
  }
}

type Fields = Record<string, unknown>;
const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function firstOf(fields: Fields, names: readonly string[]): unknown {
  for (const name of names) if (fields[name] !== undefined && fields[name] !== null) return fields[name];
  return undefined;
}

export interface FoundDocument {
  id: string | null;
  score: number | null;
  title: string | null;
  text: string;
  more: Fields;
}

const TEXTS = ["page_content", "pageContent", "content", "text", "chunk", "snippet", "body"];
const LISTS = [
  "documents",
  "docs",
  "results",
  "matches",
  "hits",
  "chunks",
  "nodes",
  "source_nodes",
  "retrieved_documents",
  "context",
];

/** Documents of a retriever, as LangChain, LlamaIndex, OpenInference and hand-made tools write them. */
export function documentsOf(value: unknown): FoundDocument[] | null {
  let list: unknown = value;
  if (isFields(value)) list = firstOf(value, LISTS);
  if (isFields(list)) list = firstOf(list, LISTS);
  if (!Array.isArray(list) || list.length === 0) return null;
  const found = list.map(readDocument);
  return found.every((one) => one !== null) ? found : null;
}

function readDocument(item: unknown): FoundDocument | null {
  if (!isFields(item)) return null;
  const inner = ["document", "node", "payload"].map((name) => item[name]).find(isFields);
  const all: Fields = inner ? { ...item, ...inner } : item;
  const text = firstOf(all, TEXTS);
  if (typeof text !== "string") return null;
  const kwargs = isFields(all.metadata) ? all.metadata : {};
  const id = firstOf(all, ["id", "doc_id", "document_id", "id_", "_id"]) ?? firstOf(kwargs, ["id", "doc_id"]);
  const score =
    firstOf(all, ["score", "relevance_score", "similarity", "_score", "distance"]) ?? kwargs.score;
  const title =
    firstOf(all, ["title", "name", "source"]) ?? firstOf(kwargs, ["title", "source", "file_name", "url"]);
  const used = new Set([...TEXTS, "document", "node", "payload", "id", "score", "title"]);
  const more = Object.fromEntries(Object.entries(all).filter(([name]) => !used.has(name)));
  return {
    id: id === undefined ? null : String(id),
    score: typeof score === "number" ? score : null,
    title: typeof title === "string" ? title : null,
    text,
    more,
  };
}

/** A list of equal, flat objects: a table of at most eight columns. */
export function tableOf(value: unknown): { columns: string[]; rows: Fields[] } | null {
  const list = isFields(value)
    ? Object.values(value).find((one) => Array.isArray(one) && one.length > 1)
    : value;
  if (!Array.isArray(list) || list.length < 2 || !list.every(isFields)) return null;
  const columns = [...new Set(list.flatMap((row) => Object.keys(row)))];
  const flat = list.every((row) =>
    Object.values(row).every((cell) => typeof cell !== "object" || cell === null),
  );
  return flat && columns.length > 0 && columns.length <= 8 ? { columns, rows: list } : null;
}

export interface Embedding {
  vectors: number;
  size: number;
}

const isVector = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 3 && value.every((one) => typeof one === "number");

/** How many vectors of which size. */
export function embeddingOf(value: unknown): Embedding | null {
  const list = isFields(value)
    ? firstOf(value, ["data", "embeddings", "embedding", "vectors", "vector"])
    : value;
  if (isVector(list)) return { vectors: 1, size: list.length };
  if (!Array.isArray(list) || list.length === 0) return null;
  const vectors = list.map((one) => (isFields(one) ? firstOf(one, ["embedding", "vector", "values"]) : one));
  return vectors.every(isVector) ? { vectors: vectors.length, size: (vectors[0] as number[]).length } : null;
}

/** Texts that were embedded, or asked for. */
export function textsOf(value: unknown): string[] | null {
  const list = isFields(value)
    ? firstOf(value, ["input", "texts", "text", "query", "documents", "question"])
    : value;
  if (typeof list === "string") return [list];
  return Array.isArray(list) && list.length > 0 && list.every((one) => typeof one === "string") ? list : null;
}

export interface Verdict {
  label: string | null;
  score: number | null;
  passed: boolean | null;
  reason: string | null;
}

/** What an evaluator or a guardrail decided. */
export function verdictOf(value: unknown): Verdict | null {
  if (!isFields(value)) return null;
  const passed = firstOf(value, ["passed", "pass", "allowed", "valid", "is_valid", "ok", "safe"]);
  const blocked = firstOf(value, ["blocked", "flagged", "triggered", "tripwire_triggered"]);
  const score = firstOf(value, ["score", "value", "rating"]);
  const label = firstOf(value, ["label", "verdict", "decision", "action", "result", "category"]);
  const reason = firstOf(value, [
    "reasoning",
    "reason",
    "explanation",
    "rationale",
    "comment",
    "message",
    "feedback",
  ]);
  const verdict: Verdict = {
    label: typeof label === "string" ? label : null,
    score: typeof score === "number" ? score : null,
    passed: typeof passed === "boolean" ? passed : typeof blocked === "boolean" ? !blocked : null,
    reason: typeof reason === "string" ? reason : null,
  };
  return verdict.label === null && verdict.score === null && verdict.passed === null ? null : verdict;
}
