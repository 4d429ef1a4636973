// What the listbox of the search bar offers for the place of the caret.
import { useEffect, useMemo, useState } from "react";
import { useValues, type Entity, type Scope, type ValuesBody } from "../list/api";
import type { FieldSet } from "../query-language";
import {
  placeAt,
  suggestExamples,
  suggestFields,
  suggestKey,
  suggestValue,
  type Place,
  type Suggestion,
} from "../query-language/complete";
import { isNumeric } from "../query-language";
import { formatCount } from "../format";
import { recentFields, recentQueries } from "./recent";

type Where = { project: string; entity: Entity; fields: FieldSet; scope: Scope | null };

/** The latest value after 120 ms of quiet. */
function useQuiet<T>(value: T): T {
  const [quiet, setQuiet] = useState(value);
  const key = JSON.stringify(value);
  useEffect(() => {
    const timer = setTimeout(() => setQuiet(value), 120);
    return () => clearTimeout(timer);
    // The text of the value stands for it.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [key]);
  return quiet;
}

function bodyFor(place: Place | null, { fields, scope }: Where): ValuesBody | null {
  if (!place || !scope || place.kind === "field") return null;
  const field = fields.list.find(({ name }) => name === place.field.name);
  if (!field || isNumeric(field.type) || ["datetime", "boolean", "text"].includes(field.type)) return null;
  const key = place.kind === "value" ? place.field.key : undefined;
  return {
    ...scope,
    field: field.name,
    prefix: place.prefix,
    limit: 20,
    ...(key === undefined ? {} : { key }),
  };
}

export function useSuggestions(text: string, caret: number, isOpen: boolean, where: Where): Suggestion[] {
  const place = useMemo(() => (isOpen ? placeAt(text, caret) : null), [text, caret, isOpen]);
  const body = useQuiet(bodyFor(place, where));
  const { data } = useValues(where.project, where.entity, isOpen ? body : null);
  const { fields, entity } = where;
  return useMemo(() => {
    if (!place) return [];
    if (place.kind === "field") {
      const recent = text.trim() === "" ? recentQueries(entity).map((q) => whole(q, text)) : [];
      return [...recent, ...suggestFields(place, fields, recentFields(entity))].slice(0, 40);
    }
    const isCurrent = body?.field === place.field.name;
    const found = (isCurrent ? (data?.values ?? []) : []).filter(({ value }) =>
      value.toLowerCase().includes(place.prefix.toLowerCase()),
    );
    if (place.kind === "key") return found.map(({ value }) => suggestKey(place, value));
    const field = fields.list.find(({ name }) => name === place.field.name);
    const fixed = (field?.options ?? []).filter((value) =>
      value.toLowerCase().startsWith(place.prefix.toLowerCase()),
    );
    const values = found.length > 0 ? found : fixed.map((value) => ({ value, count: undefined }));
    return [
      ...(field ? suggestExamples(place, field) : []),
      ...values.map(({ value, count }) =>
        suggestValue(place, value, count === undefined ? undefined : formatCount(count)),
      ),
    ];
  }, [place, data, body, fields, entity, text]);
}

function whole(q: string, text: string): Suggestion {
  return { insert: q, from: 0, to: text.length, label: q, detail: "Recent", final: false };
}
