// The server's list routes, the same for every kind of row.
import { keepPreviousData, queryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type Answer, api, call, type Schema } from "@/api";
import { fieldSet, type FieldSet, type Node } from "../query-language";

export type Entity = Schema<"EntityName">;

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
export type Bucket = Schema<"BucketOut">;
export type Histogram = Schema<"HistogramOut">;
export type Facet = Schema<"FacetOut">;
export type FacetOption = Schema<"FacetOptionOut">;

const LIST = "/api/ui/projects/{project_id}/{entity}";
const of = (project: string, entity: Entity) => ({ project_id: project, entity });

/** The rows hold the columns that were asked for. */
export function queryRows<R>(
  project: string,
  entity: Entity,
  body: ListBody,
  signal?: AbortSignal,
): Promise<ListPage<R>> {
  return api.post(`${LIST}/query`, { path: of(project, entity), body, signal }) as Promise<ListPage<R>>;
}

export function countRows(
  project: string,
  entity: Entity,
  scope: Scope,
  signal?: AbortSignal,
): Promise<Schema<"CountOut">> {
  return api.post(`${LIST}/count`, { path: of(project, entity), body: scope, signal });
}

export const fieldsQuery = (project: string) =>
  queryOptions({
    queryKey: ["fields", project],
    queryFn: ({ signal }) =>
      api.get("/api/ui/projects/{project_id}/fields", { path: { project_id: project }, signal }),
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
      api.post(`${LIST}/histogram`, { path: of(project, entity), body: { ...scope, timeZone }, signal }),
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
      api.post(`${LIST}/facets`, {
        path: of(project, entity),
        body: {
          ...scope,
          fields: [field],
          limit: 20,
          ...(search === "" ? {} : { search: { [field]: search } }),
        },
        signal,
      }),
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
      isEstimated: answer.estimated,
    }),
  });
}

export type ValuesBody = Scope & { field: string; key?: string; prefix: string; limit: number };

export function useValues(project: string, entity: Entity, body: ValuesBody | null) {
  return useQuery({
    queryKey: ["values", project, entity, body],
    queryFn: ({ signal }) => api.post(`${LIST}/values`, { path: of(project, entity), body: body!, signal }),
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
): Promise<Answer<"post", "/api/ui/projects/{project_id}/traces/bulk">> {
  return api.post("/api/ui/projects/{project_id}/traces/bulk", { path: { project_id: project }, body });
}

/** Fetches the file and hands it to the browser; the request needs the CSRF header, so a plain link will not do. */
export async function exportRows(
  project: string,
  entity: Entity,
  body: ListBody & { format: "csv" | "jsonl" },
): Promise<void> {
  const answer = await call("post", `${LIST}/export`, {
    path: of(project, entity),
    body,
    headers: { Accept: "*/*" },
  });
  const url = URL.createObjectURL(await answer.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = `${entity}.${body.format}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
