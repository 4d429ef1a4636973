// Langfuse's `filter=column;type;key;operator;value,...` of links in the wild -> our query language.
import type { FieldTerm, Query, Value } from "./ast";
import { valueOf } from "./edit";
import { print } from "./print";

const COLUMNS: Record<string, string> = {
  id: "id",
  traceid: "trace",
  "trace id": "trace",
  name: "name",
  tracename: "tracename",
  "trace name": "tracename",
  environment: "env",
  level: "level",
  user: "user",
  userid: "user",
  "user id": "user",
  session: "session",
  sessionid: "session",
  "session id": "session",
  release: "release",
  version: "version",
  tags: "tags",
  tracetags: "tags",
  timestamp: "time",
  starttime: "time",
  "start time": "time",
  latency: "latency",
  "latency (s)": "latency",
  timetofirsttoken: "ttft",
  model: "model",
  providedmodelname: "model",
  type: "type",
  statusmessage: "status",
  promptname: "prompt",
  "prompt name": "prompt",
  promptversion: "promptversion",
  totalcost: "cost",
  "total cost ($)": "cost",
  inputcost: "cost.in",
  outputcost: "cost.out",
  totaltokens: "tokens",
  "total tokens": "tokens",
  inputtokens: "tokens.in",
  outputtokens: "tokens.out",
  tokens: "tokens",
  errorcount: "errors",
  warningcount: "warnings",
  bookmarked: "bookmarked",
  metadata: "metadata",
  scores_avg: "score",
  scores: "score",
  score_categories: "score",
  input: "input",
  output: "output",
  value: "value",
  source: "source",
  datatype: "type",
};

export type Legacy = { q: string; ignored: string[] };

export function fromLegacyFilter(param: string): Legacy {
  const query: Query = [];
  const ignored: string[] = [];
  for (const piece of param.split(",")) {
    if (piece.trim() === "") continue;
    const term = termOf(piece.split(";"));
    if (term) query.push(term);
    else ignored.push(decoded(piece));
  }
  return { q: print(query), ignored };
}

function decoded(text: string | undefined): string {
  try {
    return decodeURIComponent(text ?? "");
  } catch {
    return text ?? "";
  }
}

function termOf([column, , key, operator, ...rest]: string[]): FieldTerm | null {
  const name = COLUMNS[decoded(column).toLowerCase()];
  if (!name || operator === undefined) return null;
  const isKeyed = name === "metadata" || name === "score";
  if (isKeyed && !key) return null;
  const field = isKeyed ? { name, key: decoded(key) } : { name };
  const found = valueFor(decoded(operator), decoded(rest.join(";")));
  return found && { kind: "field", negated: found.negated, field, value: found.value };
}

function valueFor(operator: string, text: string): { negated: boolean; value: Value } | null {
  const yes = (value: Value) => ({ negated: false, value });
  const words = text
    .split("|")
    .map(decoded)
    .filter((word) => word !== "");
  switch (operator) {
    case "=":
      return yes({ kind: "atom", text });
    case "<>":
      return { negated: true, value: { kind: "atom", text } };
    case ">":
    case ">=":
    case "<":
    case "<=":
      return text === "" ? null : yes({ kind: "compare", op: operator, text });
    case "contains":
      return yes({ kind: "glob", text, before: true, after: true });
    case "does not contain":
      return { negated: true, value: { kind: "glob", text, before: true, after: true } };
    case "starts with":
      return yes({ kind: "glob", text, before: false, after: true });
    case "ends with":
      return yes({ kind: "glob", text, before: true, after: false });
    case "any of":
      return words.length > 0 ? yes(valueOf(words)) : null;
    case "none of":
      return words.length > 0 ? { negated: true, value: valueOf(words) } : null;
    case "all of":
      return words.length > 0 ? yes(valueOf(words, "AND")) : null;
    case "is null":
    case "is not null":
      return {
        negated: operator === "is null",
        value: { kind: "glob", text: "", before: true, after: false },
      };
    default:
      return null;
  }
}
