// The server's list routes, the same for every kind of row.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, call } from "@/api";
import { fieldSet, type Field, type FieldSet, type Node } from "../query-language";

export type Entity = "traces" | "observations" | "sessions" | "users" | "scores";

/** What every list request says: the filter and the time. */
export type Scope = { filter?: Node; from?: string; to?: string };
export type ListBody = Scope & {
  sort?: { field: string; descending: boolean };
  columns?: string[];
  cursor?: string;
  limit?: number;
  preview?: number;
};
export type ListPage<R> = { rows: R[]; cursor: string | null; asOf: string; ms: number };
export type Bucket = { at: number; ok: number; warning: number; error: number };
export type Histogram = { bucketMs: number; from: number | string; buckets: Bucket[] };
export type FacetOption = { value: string; count: number };
export type Facet = {
  options?: FacetOption[];
  more?: boolean;
  min?: number | null;
  max?: number | null;
  histogram?: [number, number, number][];
  keys?: (string | { value: string; count?: number })[];
  partial?: boolean;
};
export type FacetAnswer = { facets: Record<string, Facet>; estimated: boolean; partial?: boolean };

const path = (project: string, entity: Entity, word: string) =>
  `/api/ui/projects/${encodeURIComponent(project)}/${entity}/${word}`;

export function queryRows<R>(
  project: string,
  entity: Entity,
  body: ListBody,
  signal?: AbortSignal,
): Promise<ListPage<R>> {
  return api.post(path(project, entity, "query"), body, { signal });
}

export function countRows(
  project: string,
  entity: Entity,
  scope: Scope,
  signal?: AbortSignal,
): Promise<{ count: number; exact: boolean }> {
  return api.post(path(project, entity, "count"), scope, { signal });
}

type FieldsAnswer = Record<Entity, Field[]>;

export const fieldsQuery = (project: string) =>
  queryOptions({
    queryKey: ["fields", project],
    queryFn: ({ signal }) =>
      api.get<FieldsAnswer>(`/api/ui/projects/${encodeURIComponent(project)}/fields`, { signal }),
    staleTime: 10 * 60_000,
  });

/** The fields of one kind of row; empty until they are loaded (`isReady`). */
export function useFields(
  project: string,
  entity: Entity,
): { fields: FieldSet; isReady: boolean; error: Error | null } {
  const { data, error } = useQuery(fieldsQuery(project));
  const fields = useMemo(() => fieldSet(data?.[entity] ?? []), [data, entity]);
  return { fields, isReady: data !== undefined, error };
}

export function useHistogram(project: string, entity: Entity, scope: Scope | null, timeZone: string) {
  return useQuery({
    queryKey: ["histogram", project, entity, scope, timeZone],
    queryFn: ({ signal }) =>
      api.post<Histogram>(path(project, entity, "histogram"), { ...scope, timeZone }, { signal }),
    enabled: scope !== null,
    placeholderData: keepPreviousData,
  });
}

export function facetQuery(
  project: string,
  entity: Entity,
  field: string,
  scope: Scope | null,
  search: string,
) {
  return queryOptions({
    queryKey: ["facet", project, entity, field, scope, search],
    queryFn: ({ signal }) =>
      api.post<FacetAnswer>(
        path(project, entity, "facets"),
        { ...scope, fields: [field], limit: 20, ...(search === "" ? {} : { search: { [field]: search } }) },
        { signal },
      ),
    enabled: scope !== null,
  });
}

export function useFacet(
  project: string,
  entity: Entity,
  field: string,
  scope: Scope | null,
  search: string,
) {
  return useQuery({
    ...facetQuery(project, entity, field, scope, search),
    placeholderData: keepPreviousData,
    select: (answer) => ({
      facet: answer.facets[field],
      isEstimated: answer.estimated || answer.partial === true,
    }),
  });
}

export type ValuesBody = Scope & { field: string; key?: string; prefix: string; limit: number };

export function useValues(project: string, entity: Entity, body: ValuesBody | null) {
  return useQuery({
    queryKey: ["values", project, entity, body],
    queryFn: ({ signal }) =>
      api.post<{ values: FacetOption[] }>(path(project, entity, "values"), body, { signal }),
    enabled: body !== null,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    retry: false,
  });
}

export type BulkAction = "delete" | "tag" | "untag" | "bookmark" | "unbookmark";

export function bulk(
  project: string,
  body: { action: BulkAction; ids: string[]; tag?: string },
): Promise<{ affected?: number; jobId?: string }> {
  return api.post(path(project, "traces", "bulk"), body);
}

/** Fetches the file and hands it to the browser; the request needs the CSRF header, so a plain link will not do. */
export async function exportRows(
  project: string,
  entity: Entity,
  body: ListBody & { format: "csv" | "jsonl" },
): Promise<void> {
  const answer = await call("POST", path(project, entity, "export"), body, { headers: { Accept: "*/*" } });
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = `${entity}.${body.format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
