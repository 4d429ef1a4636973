// Where the rows behind a number are: the table of traces or observations with the matching `q` and range.
import { print, valueOf, type FieldTerm, type Query, type Term, type Value } from "@/kit/query-language";
import { shortIso } from "@/kit/time-range/range";
import { paths } from "@/kit/url";

export type Place = {
  projectId: string;
  /** The query of the page, over traces. */
  query: Query;
  /** The text of the page's range, as it is in the URL. */
  range: string;
};

export type Bounds = { from: number; to: number };

/** A condition that is added for the link. */
export function is(name: string, text: string): FieldTerm {
  return { kind: "field", negated: false, field: { name }, value: valueOf([text]) };
}

export function having(name: string, value: Value): FieldTerm {
  return { kind: "field", negated: false, field: { name }, value };
}

/** The field has no value. */
export function isMissing(name: string): FieldTerm {
  return {
    kind: "field",
    negated: true,
    field: { name },
    value: { kind: "glob", text: "", before: true, after: false },
  };
}

export function tracesHref(place: Place, terms: readonly Term[], bounds?: Bounds): string {
  return href(place, "traces", [...place.query, ...terms], bounds);
}

/** Falls back to the traces that have such an observation when a condition of the page has no word there. */
export function observationsHref(
  place: Place,
  terms: readonly Term[],
  onTraces: readonly Term[],
  bounds?: Bounds,
): string {
  const query = asObservations(place.query);
  return query
    ? href(place, "observations", [...query, ...terms], bounds)
    : tracesHref(place, onTraces, bounds);
}

/** Scores; falls back to the traces that have a score of the name. */
export function scoresHref(place: Place, terms: readonly Term[], name?: string, bounds?: Bounds): string {
  const query = translate(place.query, ON_SCORES);
  const named = name === undefined ? [] : [is("name", name)];
  if (query) return href(place, "scores", [...query, ...named, ...terms], bounds);
  return tracesHref(place, [name === undefined ? is("has", "score") : hasScore(name)], bounds);
}

function hasScore(key: string): FieldTerm {
  return {
    kind: "field",
    negated: false,
    field: { name: "score", key },
    value: { kind: "glob", text: "", before: true, after: false },
  };
}

export function userHref({ projectId, range }: Place, userId: string): string {
  return paths.user(projectId, userId, { range });
}

function href(
  place: Place,
  table: "traces" | "observations" | "scores",
  query: Query,
  bounds?: Bounds,
): string {
  const range = bounds ? `${shortIso(bounds.from)}~${shortIso(bounds.to)}` : place.range;
  return paths[table](place.projectId, { q: print(query) || undefined, range });
}

/** What is said of a trace, as its observations and its scores say it. What a trace has among its observations
    (`model:x`) is not the same as what an observation has. */
const ON_OBSERVATIONS: Record<string, string> = {
  id: "trace",
  name: "tracename",
  env: "env",
  user: "user",
  session: "session",
  tags: "tags",
  release: "release",
};
const ON_SCORES: Record<string, string> = {
  id: "trace",
  name: "tracename",
  env: "env",
  user: "user",
  tags: "tags",
};

/** What a query says of traces, in the words of observations; null when it has none for something. */
export function asObservations(query: Query): Query | null {
  return translate(query, ON_OBSERVATIONS);
}

function translate(query: Query, words: Record<string, string>): Query | null {
  const found = query.map((term) => translateTerm(term, words));
  return found.every((term) => term !== null) ? found : null;
}

function translateTerm(term: Term, words: Record<string, string>): Term | null {
  if (term.kind === "group") {
    const any = term.any.map((query) => translate(query, words));
    return any.every((query) => query !== null) ? { ...term, any } : null;
  }
  if (term.kind !== "field" || term.field.key !== undefined || !Object.hasOwn(words, term.field.name))
    return null;
  return { ...term, field: { name: words[term.field.name] ?? "" } };
}
