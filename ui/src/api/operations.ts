// The operations of openapi.json as types: which paths there are, what each takes and what it answers.
import type { components, paths } from "./schema.gen";

/** A body or an answer by its name, as Schema<"TraceViewOut">. */
export type Schema<Name extends keyof components["schemas"]> = components["schemas"][Name];

export type Method = "get" | "post" | "put" | "patch" | "delete";

/** The paths that know a method, with their names in braces. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends Record<M, object> ? P : never;
}[keyof paths];

type Operation<M extends Method, P extends PathOf<M>> = paths[P][M];

type Parameters<O, In extends "path" | "query"> = O extends { parameters: { [K in In]?: infer Found } }
  ? NonNullable<Found>
  : never;

type Sent<O> = O extends { requestBody?: infer Found }
  ? NonNullable<Found> extends { content: infer Content }
    ? Content[keyof Content]
    : never
  : never;

/** Absent where there is nothing to give, required where something must be given. */
type Field<Name extends string, Value, IsOptional = object extends Value ? true : false> = [Value] extends [
  never,
]
  ? { [K in Name]?: undefined }
  : IsOptional extends true
    ? { [K in Name]?: Value }
    : { [K in Name]: Value };

/** The parameters of a call after the `?`. */
export type AskedOf<M extends Method, P extends PathOf<M>> = Parameters<Operation<M, P>, "query">;

/** What every call may say besides. */
export interface Circumstances {
  /** Calls a public route as this project (its id). Not needed for /api/ui/projects/{project_id}/… */
  project?: string;
  /** Calls a public organization route as this organization. */
  organization?: string;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export type Options<M extends Method, P extends PathOf<M>> = Circumstances &
  Field<"path", Parameters<Operation<M, P>, "path">> &
  Field<"query", Parameters<Operation<M, P>, "query">> &
  Field<"body", Sent<Operation<M, P>>, Operation<M, P> extends { requestBody: object } ? false : true>;

/** The last argument of a call: left out where nothing in it is required. */
export type Rest<M extends Method, P extends PathOf<M>> =
  object extends Options<M, P> ? [options?: Options<M, P>] : [options: Options<M, P>];

type Json<Response> = Response extends { content: { "application/json": infer Body } } ? Body : undefined;

/** The JSON of a successful answer; undefined where it has none. */
export type Answer<M extends Method, P extends PathOf<M>> =
  Operation<M, P> extends { responses: infer Responses }
    ? { [Status in keyof Responses & (200 | 201 | 202 | 207)]: Json<Responses[Status]> }[keyof Responses &
        (200 | 201 | 202 | 207)]
    : never;
