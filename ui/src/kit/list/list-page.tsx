// The page of every list: top bar, toolbar, facets, histogram, table, status line, peek.
import { ListFilter, RefreshCw } from "lucide-react";
import { useEffect, useMemo, useRef, useState, type ReactElement, type ReactNode } from "react";
import { ErrorState, errorText, IconButton, PeekPanel, toast, copyText } from "@/design";
import {
  ColumnsPanel,
  DataTable,
  keepOnly,
  NOTHING,
  type RowHeight,
  type Selection,
  type TableHandle,
} from "../data-table";
import { moveColumn } from "../data-table/columns";
import { Facets, SearchBar, Strip } from "../filter-bar";
import { useLocal } from "../local-store";
import { Page } from "../page";
import { ViewsMenu, useViews } from "../saved-views";
import { printRange, TimeRange } from "../time-range";
import { readSearch, shortSearch, stringifySearch, useGo } from "../url";
import { BulkBar } from "./bulk-bar";
import { BulkProgress } from "./bulk-progress";
import { Empty } from "./empty";
import { ExportMenu } from "./export-menu";
import { LiveToggle, NewRows } from "./live-parts";
import { RowMenu, type RowAction } from "./row-menu";
import { StatusLine } from "./status-line";
import { peekAt } from "./state";
import type { List } from "./use-list";
import { useKeyColumns } from "./use-key-columns";
import { useListCommands } from "./use-list-commands";
import { useLiveCounts } from "./use-live-counts";
import { useLiveRows } from "./use-live-rows";

export type Peek<R> = {
  /** Names the panel, such as "Trace". */
  label: string;
  title: (id: string, row: R | undefined) => ReactNode;
  render: (id: string, row: R | undefined) => ReactNode;
  /** More than the id that goes into the address, such as the selected span. */
  observation?: (row: R) => string | undefined;
};

export type ListPageProps<R> = {
  list: List<R>;
  title: string;
  /** Plural, for sentences: "traces". */
  noun: string;
  rowName: (row: R) => string;
  /** Facets that are open at first. */
  openFacets: readonly string[];
  /** Instead of the table when there was never anything. */
  never: ReactNode;
  hrefOf?: (row: R) => string;
  hrefOfId?: (id: string) => string;
  onPage?: (row: R) => void;
  peek?: Peek<R>;
  /** What can be done with ticked rows, or with everything that matches (`isAll`). */
  bulk?: (rows: R[], clear: () => void, isAll: boolean) => ReactNode;
  /** In the menu of a row, below what every list has there. */
  rowActions?: (row: R) => readonly RowAction[];
  /** Has live updates: the field that holds the ids of the events. */
  liveBy?: "id" | "trace";
  /** Between toolbar and table: quick chips. */
  chips?: ReactNode;
  /** Instead of the histogram strip; null for neither. */
  strip?: ReactNode;
  /** In the toolbar. */
  tools?: ReactNode;
  /** Instead of the table, such as a chart of the same filter. */
  instead?: ReactNode;
  placeholder?: string;
};

export function ListPage<R>(props: ListPageProps<R>): ReactElement {
  const { list, peek } = props;
  const { project, entity, state, set, rows, rowId } = list;
  const go = useGo();
  const table = useRef<TableHandle | null>(null);
  const search = useRef<HTMLInputElement>(null);
  const [ticked, setSelection] = useState<Selection>(NOTHING);
  const [isAway, setIsAway] = useState(false);
  const [columnsOpen, setColumnsOpen] = useState(false);
  const [rangeOpen, setRangeOpen] = useState(false);
  const [menu, setMenu] = useState<{ row: R; anchor: HTMLElement } | null>(null);
  const [hasFacets, setHasFacets] = useLocal("facets-open", true);
  const [isSheet, setIsSheet] = useState(false);
  const [peekWidth, setPeekWidth] = useLocal("peek-width", 55);
  const order = useMemo(() => rows.map(rowId), [rows, rowId]);
  const selection = useMemo(() => keepOnly(ticked, order), [ticked, order]);
  const isAtTop = !isAway && selection.ids.size === 0;
  const rowsLive = useLiveRows(list, {
    idField: props.liveBy ?? "id",
    isAtTop,
    isOffered: props.liveBy !== undefined,
  });
  const live = props.liveBy ? rowsLive : undefined;
  useLiveCounts(list, live?.isOn ?? false);
  useDefaultView(list);

  // Everything that matches is meant as long as the same question is asked and all that is loaded is ticked.
  const [allOf, setAllOf] = useState<unknown>(null);
  const isWhole = order.length > 0 && selection.ids.size === order.length;
  const isAll = allOf === list.scope && allOf !== null && isWhole;
  const known = new Set(list.allColumns.map(({ id }) => id));
  const offered = useKeyColumns(list, columnsOpen).filter(({ id }) => !known.has(id));
  const clear = (): void => {
    setSelection(NOTHING);
    setAllOf(null);
  };
  const openRow = rows.find((row) => rowId(row) === state.peek);
  const open = (row: R, how: "push" | "replace"): void => {
    if (peek) set(peekAt(rowId(row), peek.observation?.(row)), how);
    else if (props.onPage) props.onPage(row);
    else if (props.hrefOf) go(props.hrefOf(row));
  };
  const page = (row: R): void => (props.onPage ? props.onPage(row) : props.hrefOf && go(props.hrefOf(row)));
  // Back at the top: what waited slides in.
  const scrolled = (away: boolean): void => {
    setIsAway(away);
    if (!away && live && live.waiting > 0 && selection.ids.size === 0) live.insert();
  };
  const showNew = (): void => {
    live?.insert();
    table.current?.toTop();
  };
  const copyFrozenLink = (): void => {
    const { from, to, anchor } = list.anchored;
    const ends = { from: new Date(from!).getTime(), to: to ? new Date(to).getTime() : anchor };
    const url = new URL(location.href);
    const search = stringifySearch({
      ...readSearch(url.search),
      range: printRange({ kind: "absolute", ...ends }),
    });
    const link = shortSearch(project, search).then((short) => {
      url.search = short;
      return url.href;
    });
    void link.then(copyText).then(
      (done) => done && toast("Link copied"),
      (error: Error) => toast({ title: errorText(error), tone: "danger" }),
    );
  };
  const toggleFacets = (): void =>
    matchMedia("(min-width: 48rem)").matches ? setHasFacets(!hasFacets) : setIsSheet(!isSheet);
  const height: RowHeight = state.row === "" ? "default" : state.row;

  useListCommands({
    table,
    focusSearch: () => search.current?.focus(),
    toggleFacets,
    openRange: () => setRangeOpen(true),
    openColumns: () => setColumnsOpen(true),
    copyLink: () => void copyText(location.href).then((done) => done && toast("Link copied")),
    copyFrozenLink: list.anchored.from === undefined ? undefined : copyFrozenLink,
    showNew: live && (live.waiting > 0 || live.isStale) ? showNew : undefined,
    canTick: Boolean(props.bulk),
    hasPeek: Boolean(peek ?? props.hrefOf),
    hasPage: Boolean(props.hrefOf),
    canClose: () => state.peek !== undefined || selection.ids.size > 0,
  });

  return (
    <Page
      title={props.title}
      actions={
        <>
          {live && (
            <LiveToggle
              live={live}
              onToggle={(isOn) => set({ live: isOn ? "" : "0" }, "replace")}
              isWanted={state.live !== "0"}
            />
          )}
          <TimeRange
            value={state.range}
            onChange={(range) => set({ range })}
            isOpen={rangeOpen}
            onOpenChange={setRangeOpen}
          />
          <IconButton
            label="Read again"
            icon={RefreshCw}
            onPress={list.refresh}
            isPending={list.isRefreshing}
          />
        </>
      }
    >
      <div className="flex shrink-0 flex-wrap items-center gap-2 border-b border-line px-3 py-1.5">
        <IconButton
          label={hasFacets ? "Hide filters" : "Show filters"}
          shortcut="]"
          icon={ListFilter}
          variant="default"
          onPress={toggleFacets}
        />
        <div className="flex min-w-60 flex-1">
          <SearchBar
            project={project}
            entity={entity}
            fields={list.fields}
            scope={list.scope}
            q={state.q}
            onSubmit={(q) => set({ q })}
            inputRef={search}
            placeholder={props.placeholder}
          />
        </div>
        {props.tools}
        <ViewsMenu
          project={project}
          entity={entity}
          view={state.view}
          now={{ q: state.q, sort: state.sort, cols: [...state.cols], row: state.row }}
          onApply={(view, { q, sort, cols, row, range }) =>
            set({ view, q, sort, cols, row: (row ?? "") as "", ...(range === undefined ? {} : { range }) })
          }
        />
        <ColumnsPanel
          columns={[...list.allColumns, ...offered]}
          shown={list.shown}
          onShown={(cols) => set({ cols: cols ?? [] }, "replace")}
          taste={list.taste}
          onTaste={list.setTaste}
          height={height}
          onHeight={(row) => set({ row: row === "default" ? "" : row }, "replace")}
          isOpen={columnsOpen}
          onOpenChange={setColumnsOpen}
        />
        <ExportMenu list={list} />
      </div>
      <div className="relative flex min-h-0 flex-1">
        <aside
          aria-label="Filters"
          className={`w-facets shrink-0 overflow-auto border-r border-line bg-bg max-md:fixed max-md:inset-0 max-md:z-20 max-md:w-full ${hasFacets ? "" : "md:hidden"} ${isSheet ? "" : "max-md:hidden"}`}
        >
          <Facets
            project={project}
            entity={entity}
            fields={list.fields}
            scope={list.scope}
            q={state.q}
            onChange={(q) => set({ q })}
            open={props.openFacets}
            onClose={toggleFacets}
          />
        </aside>
        <div className="relative flex min-w-0 flex-1 flex-col">
          {props.chips}
          {props.strip === undefined ? (
            <Strip project={project} entity={entity} scope={list.scope} onRange={(range) => set({ range })} />
          ) : (
            props.strip
          )}
          {props.bulk && <BulkProgress project={project} entity={entity} onEnd={list.refresh} />}
          {live && <NewRows live={live} noun={props.noun} onShow={showNew} />}
          {props.instead ?? (
            <DataTable
              label={props.title}
              columns={list.columns}
              pins={list.pins}
              taste={list.taste}
              rows={rows}
              rowId={rowId}
              rowName={props.rowName}
              height={height}
              sort={state.sort}
              onSort={(sort) => set({ sort })}
              onWidth={(id, width) =>
                list.setTaste((taste) => ({ ...taste, widths: { ...taste.widths, [id]: width } }))
              }
              onMove={(id, target) => set({ cols: moveColumn(list.shown, id, target) }, "replace")}
              isLoading={list.isLoading}
              isRefreshing={list.isRefreshing}
              hasMore={list.hasMore}
              isLoadingMore={list.isLoadingMore}
              onMore={list.more}
              selection={props.bulk ? selection : undefined}
              onSelection={props.bulk ? setSelection : undefined}
              bulk={
                selection.ids.size > 0 && props.bulk ? (
                  <BulkBar
                    count={selection.ids.size}
                    canTakeAll={isWhole && (list.hasMore || list.isFull)}
                    isAll={isAll}
                    onAll={() => setAllOf(list.scope)}
                    onClear={clear}
                  >
                    {props.bulk(
                      rows.filter((row) => selection.ids.has(rowId(row))),
                      clear,
                      isAll,
                    )}
                  </BulkBar>
                ) : undefined
              }
              openId={peek ? state.peek : undefined}
              onOpen={open}
              onClose={() => set(peekAt(undefined))}
              hrefOf={props.hrefOf}
              onPage={page}
              onCell={list.onCell}
              onCopyId={(row) => void copyText(rowId(row)).then((done) => done && toast("Id copied"))}
              onMenu={(row, anchor) => setMenu({ row, anchor })}
              freshIds={live?.freshIds}
              busyIds={live?.busyIds}
              onScrolled={scrolled}
              handle={table}
              instead={
                list.error ? (
                  <ErrorState
                    error={list.error}
                    title={`The ${props.noun} could not be loaded`}
                    onRetry={list.refresh}
                  />
                ) : (
                  <Empty list={list} noun={props.noun} never={props.never} />
                )
              }
            />
          )}
          {props.instead ? null : (
            <StatusLine
              list={list}
              noun={props.noun}
              live={live?.reason ?? undefined}
              hasHistogram={props.strip === undefined}
            />
          )}
        </div>
        <RowMenu<R>
          list={list}
          at={menu}
          onClose={() => setMenu(null)}
          onPeek={peek && ((row) => open(row, "push"))}
          onPage={props.hrefOf && page}
          hrefOf={props.hrefOf}
          actions={props.rowActions}
        />
        {peek && state.peek !== undefined && (
          <PeekPanel
            label={peek.label}
            title={peek.title(state.peek, openRow)}
            width={peekWidth}
            onWidth={setPeekWidth}
            onClose={() => set(peekAt(undefined))}
            onExpand={
              openRow ? () => page(openRow) : props.hrefOfId && (() => go(props.hrefOfId!(state.peek!)))
            }
          >
            {peek.render(state.peek, openRow)}
          </PeekPanel>
        )}
      </div>
    </Page>
  );
}

/** A clean address opens the reader's default view; any parameter in a link wins over it. */
function useDefaultView<R>(list: List<R>): void {
  const { state, set, project, entity } = list;
  const views = useViews(project, entity);
  const isClean = useRef(location.search === "");
  useEffect(() => {
    const view = views.find(({ isDefault }) => isDefault);
    if (!view || !isClean.current) return;
    isClean.current = false;
    if (state.q === "" && state.view === undefined)
      set(
        {
          view: view.id,
          q: view.state.q,
          sort: view.state.sort,
          cols: view.state.cols,
          row: (view.state.row ?? "") as "",
        },
        "replace",
      );
  }, [views, set, state.q, state.view]);
}
