// What the sidebar and each of its facets are given.
import type { Entity, Scope } from "../list/api";
import type { Field, FieldSet, Query } from "../query-language";

export type FacetsProps = {
  project: string;
  entity: Entity;
  fields: FieldSet;
  scope: Scope | null;
  q: string;
  onChange: (q: string) => void;
  /** Facets that are open at first. */
  open: readonly string[];
  /** Closes the sheet on a phone. */
  onClose: () => void;
};

export type FacetProps = Pick<FacetsProps, "project" | "entity" | "scope"> & {
  field: Field;
  query: Query;
  onQuery: (query: Query) => void;
};
