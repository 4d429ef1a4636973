// Everything that a list page knows: the state of the address, the compiled filter, and the loaded rows.
import { keepPreviousData, useInfiniteQuery, useQueryClient } from "@tanstack/react-query";
import { useRouterState } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useState } from "react";
import { errorText, toast } from "@/design";
import { arrange, defaultColumns, useTaste, type CellAction, type Column } from "../data-table";
import { parseSort } from "../data-table/columns";
import { copyText } from "@/design";
import {
  filterFor,
  filterOut,
  fromLegacyFilter,
  parse,
  toApi,
  type Diagnostic,
  type FieldSet,
  type Node,
} from "../query-language";
import { useAnchored, useRangeMemory, type Anchored } from "../time-range";
import { readSearch, useUrlState, type Codec, type SetUrlState } from "../url";
import { queryRows, useFields, type Entity, type ListBody, type ListPage, type Scope } from "./api";
import { keyColumn } from "./key-columns";
import type { Pages } from "./merge";
import { listCodec, type ListState } from "./state";

export const PAGE = 100;
/** Beyond this the reader is asked to narrow the filter. */
export const MOST_ROWS = 10_000;

export type ListOptions<R> = {
  project: string;
  entity: Entity;
  columns: Column<R>[];
  rowId: (row: R) => string;
  defaultSort?: string;
  /** Fields that every row needs besides those of its visible columns. */
  always?: string[];
  /** A condition of the page itself, such as "only of this user"; not part of `q`. */
  fixed?: Node;
};

export type List<R> = {
  project: string;
  entity: Entity;
  state: ListState;
  set: SetUrlState<ListState>;
  fields: FieldSet;
  diagnostics: Diagnostic[];
  filter: Node | undefined;
  anchored: Anchored;
  /** Filter and time for facets and counts; null while the filter cannot be used. */
  scope: Scope | null;
  body: ListBody;
  queryKey: readonly unknown[];
  allColumns: Column<R>[];
  columns: Column<R>[];
  pins: number;
  shown: string[];
  taste: ReturnType<typeof useTaste>[0];
  setTaste: ReturnType<typeof useTaste>[1];
  rows: R[];
  rowId: (row: R) => string;
  ms: number | undefined;
  isLoading: boolean;
  isRefreshing: boolean;
  isLoadingMore: boolean;
  hasMore: boolean;
  isFull: boolean;
  error: Error | null;
  more: () => void;
  /** Resolves "now" anew and reads everything again. */
  refresh: () => void;
  onCell: (row: R, column: Column<R>, action: CellAction) => void;
};

const codecs = new Map<string, Codec<ListState>>();
function codecFor(sort: string): Codec<ListState> {
  const codec = codecs.get(sort) ?? listCodec(sort);
  codecs.set(sort, codec);
  return codec;
}

export function useList<R>(options: ListOptions<R>): List<R> {
  const { project, entity, columns, rowId, defaultSort = "-time", always = [], fixed } = options;
  const [state, set] = useUrlState(codecFor(defaultSort));
  const [refreshed, setRefreshed] = useState(0);
  useLegacyFilter(state, set);
  const hasRange = useRouterState({ select: ({ location }) => "range" in readSearch(location.searchStr) });
  useRangeMemory(project, state.range, hasRange, (range) => set({ range }, "replace"));

  const { fields, isReady, error: fieldsError } = useFields(project, entity);
  const anchored = useAnchored(state.range, refreshed);
  const { filter, diagnostics } = useMemo(() => {
    const parsed = parse(state.q);
    const compiled = toApi(parsed.query, fields, anchored.anchor);
    const own = compiled.filter;
    const both = own && fixed ? { and: [fixed, own] } : (own ?? fixed);
    return { filter: both, diagnostics: isReady ? [...parsed.diagnostics, ...compiled.diagnostics] : [] };
  }, [state.q, fields, isReady, anchored.anchor, fixed]);
  const isUsable = isReady && diagnostics.length === 0;

  // Columns of keys are there as far as the address names them.
  const allColumns = useMemo(() => {
    const known = new Set(columns.map(({ id }) => id));
    return [
      ...columns,
      ...state.cols.flatMap((id) => (known.has(id) ? [] : (keyColumn<R>(entity, id) ?? []))),
    ];
  }, [columns, state.cols, entity]);
  const [taste, setTaste] = useTaste(entity);
  const arranged = useMemo(
    () => arrange(allColumns, state.cols.length > 0 ? state.cols : defaultColumns(allColumns), taste.pinned),
    [allColumns, state.cols, taste.pinned],
  );
  useUnknownColumns(arranged.unknown);

  const scope = useMemo<Scope | null>(
    () => (isUsable ? { filter, from: anchored.from, to: anchored.to } : null),
    [isUsable, filter, anchored.from, anchored.to],
  );
  const wanted = useMemo(
    () => [...new Set([...always, ...arranged.columns.flatMap(({ id, needs }) => needs ?? [id])])].sort(),
    [always, arranged.columns],
  );
  const body = useMemo<ListBody>(
    () => ({ ...scope, sort: parseSort(state.sort), columns: wanted, limit: PAGE }),
    [scope, state.sort, wanted],
  );
  const queryKey = useMemo(() => ["list", project, entity, body] as const, [project, entity, body]);
  const query = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam, signal }) => queryRows<R>(project, entity, { ...body, cursor: pageParam }, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page: ListPage<R>) => page.cursor ?? undefined,
    enabled: isUsable,
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  });

  const question = JSON.stringify([project, entity, state.q, state.range, state.sort, wanted]);
  const { data, failure } = useKept(question, query.data as Pages<R> | undefined, query);
  const rows = useMemo(() => unique(data?.pages.flatMap((page) => page.rows) ?? [], rowId), [data, rowId]);
  const isFull = rows.length >= MOST_ROWS;
  const { fetchNextPage } = query;
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  const queries = useQueryClient();
  const refresh = useCallback(() => {
    setRefreshed((count) => count + 1);
    for (const what of ["histogram", "facet", "count"])
      void queries.invalidateQueries({ queryKey: [what, project] });
    // A fixed range has the same key again: it is read anew all the same.
    void queries.invalidateQueries({ queryKey: ["list", project, entity] });
  }, [queries, project, entity]);

  const onCell = useCallback(
    (row: R, column: Column<R>, action: CellAction) => {
      const condition = column.condition?.(row);
      if (action === "copy") {
        const text =
          column.copy?.(row) ?? (condition && "text" in condition.value ? condition.value.text : "");
        void copyText(text).then((done) => toast(done ? "Copied" : "The browser did not allow copying"));
      } else if (condition) {
        const change = action === "for" ? filterFor : filterOut;
        set((now) => ({ q: change(now.q, condition.field, condition.value) }));
      }
    },
    [set],
  );

  return {
    project,
    entity,
    state,
    set,
    fields,
    diagnostics,
    filter,
    anchored,
    scope,
    body,
    queryKey,
    allColumns,
    columns: arranged.columns,
    pins: arranged.pins,
    shown: state.cols.length > 0 ? [...state.cols] : defaultColumns(allColumns),
    taste,
    setTaste,
    rows: isUsable || !isReady ? rows : NO_ROWS,
    rowId,
    ms: data?.pages[data.pages.length - 1]?.ms,
    isLoading: !fieldsError && (!isReady || (isUsable && query.isPending)),
    isRefreshing: query.isPlaceholderData || (query.isRefetching && !query.isFetchingNextPage),
    isLoadingMore: query.isFetchingNextPage,
    hasMore: query.hasNextPage && !query.isPlaceholderData && !isFull,
    isFull,
    error: fieldsError ?? failure,
    more,
    refresh,
    onCell,
  };
}

type Reading = { error: Error | null; isPlaceholderData: boolean };

/** What was read of a question stays when it cannot be read again; that it is old is told. */
function useKept<R>(
  question: string,
  read: Pages<R> | undefined,
  { error, isPlaceholderData }: Reading,
): { data: Pages<R> | undefined; failure: Error | null } {
  const [good, setGood] = useState<{ question: string; data: Pages<R> } | null>(null);
  if (read && !isPlaceholderData && good?.data !== read) setGood({ question, data: read });
  const kept = read === undefined && good?.question === question ? good.data : undefined;
  const isOld = kept !== undefined && error !== null;
  useEffect(() => {
    if (isOld) toast({ title: "The list could not be read again", description: errorText(error) });
  }, [isOld, error]);
  return { data: read ?? kept, failure: isOld ? null : error };
}

const NO_ROWS: never[] = [];

/** A row that moved between two pages while they were read appears once. */
function unique<R>(rows: R[], rowId: (row: R) => string): R[] {
  const seen = new Set<string>();
  return rows.filter((row) => {
    const id = rowId(row);
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  });
}

function useLegacyFilter(state: ListState, set: SetUrlState<ListState>): void {
  const { filter, q } = state;
  useEffect(() => {
    if (filter === undefined) return;
    const legacy = fromLegacyFilter(filter);
    if (legacy.ignored.length > 0)
      toast({ title: "Ignored part of this link", description: legacy.ignored.join(", ") });
    set({ filter: undefined, q: [q, legacy.q].filter((text) => text !== "").join(" ") }, "replace");
  }, [filter, q, set]);
}

function useUnknownColumns(unknown: string[]): void {
  const names = unknown.join(", ");
  useEffect(() => {
    if (names !== "") toast({ title: `This table has no column ${names}` });
  }, [names]);
}
