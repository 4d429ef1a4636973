// S06: two traces side by side, their trees aligned by name path.
import { ArrowLeftRight } from "lucide-react";
import { type ReactElement, useCallback, useMemo, useRef } from "react";

import { useProject } from "@/api";
import { Button, EmptyState, ErrorState, Skeleton, Switch } from "@/design";
import { formatCount, formatPlural } from "@/kit/format";
import { Page } from "@/kit/page";
import { useCommands } from "@/kit/registry";
import { flag, list, paths, text, useGo, useUrlState, type Codec } from "@/kit/url";
import { useLiveTrace } from "@/trace/queries";

import { Choose } from "./choose";
import { compare, useSide, type Comparison } from "./comparison";
import { rowKey, visibleRows } from "./differences";
import { Spans } from "./spans";
import { Summary } from "./summary";
import { CompareTree } from "./tree";

type State = {
  a: string;
  b: string;
  /** "a.<id>" or "b.<id>": the row whose spans are open. */
  span: string;
  only: boolean;
  fold: readonly string[];
};

/** As many folded rows as an address holds. */
const MOST_FOLDED = 20;
const CODEC: Codec<State> = {
  a: text(),
  b: text(),
  span: text(),
  only: flag(),
  fold: list([], MOST_FOLDED),
};

export default function ComparePage(): ReactElement {
  const { id: projectId } = useProject();
  const [state, set] = useUrlState(CODEC);
  const go = useGo();
  const one = useSide(projectId, state.a, "A");
  const two = useSide(projectId, state.b, "B");
  useLiveTrace(projectId, state.a, state.a !== "", one.side?.head.running ?? false);
  useLiveTrace(projectId, state.b, state.b !== "", two.side?.head.running ?? false);
  const comparison = useMemo(
    () => (one.side && two.side ? compare(one.side, two.side) : null),
    [one.side, two.side],
  );
  const choosing = state.a === "" ? "A" : state.b === "" ? "B" : null;
  const [otherId, other] = choosing === "A" ? [state.b, two] : [state.a, one];
  const hrefOf = (id: string): string =>
    paths.compare(projectId, choosing === "A" ? id : state.a, choosing === "A" ? state.b : id);
  return (
    <Page
      title="Compare traces"
      documentTitle="Compare traces"
      crumbs={[{ label: "Traces", href: paths.traces(projectId) }]}
    >
      {choosing ? (
        <div className="h-full overflow-y-auto">
          <Choose
            key={`${choosing} ${otherId}`}
            projectId={projectId}
            letter={choosing}
            other={
              otherId === "" ? undefined : { id: otherId, name: other.error ? null : other.side?.head.name }
            }
            hrefOf={hrefOf}
            onChoose={(id) => go(hrefOf(id))}
          />
        </div>
      ) : (
        <Body {...{ projectId, state, set, comparison, one, two }} />
      )}
    </Page>
  );
}

type BodyProps = {
  projectId: string;
  state: State;
  set: ReturnType<typeof useUrlState<State>>[1];
  comparison: Comparison | null;
  one: ReturnType<typeof useSide>;
  two: ReturnType<typeof useSide>;
};

function Body({ projectId, state, set, comparison, one, two }: BodyProps): ReactElement {
  const failed = one.error
    ? ({ ...one, letter: "A" } as const)
    : two.error
      ? ({ ...two, letter: "B" } as const)
      : null;
  if (failed) {
    return (
      <div className="flex flex-col items-start">
        <ErrorState
          error={failed.error}
          title={`Trace ${failed.letter} could not be loaded`}
          onRetry={failed.retry}
          className="w-full"
        />
        <div className="mx-auto w-full max-w-150 px-6">
          <Button onPress={() => set(failed.letter === "A" ? { a: "" } : { b: "" })}>
            Choose another trace
          </Button>
        </div>
      </div>
    );
  }
  if (!comparison) return <Loading />;
  return <Compared {...{ projectId, state, set, comparison }} />;
}

type ComparedProps = Pick<BodyProps, "projectId" | "state" | "set"> & { comparison: Comparison };

function Compared({ projectId, state, set, comparison }: ComparedProps): ReactElement {
  const { a, b, rows, differences, index } = comparison;
  const detail = useRef<HTMLDivElement>(null);
  const folded = useMemo(
    () => new Set(state.fold.flatMap((key) => index.get(key) ?? [])),
    [state.fold, index],
  );
  const isFolded = useCallback((row: number) => folded.has(row), [folded]);
  const shown = useMemo(
    () => visibleRows(rows, differences, isFolded, state.only),
    [rows, differences, isFolded, state.only],
  );
  const selected = index.get(state.span) ?? -1;
  const keyOf = useCallback((row: number) => rowKey(a.model, b.model, rows, row), [a, b, rows]);
  const onSelect = useCallback(
    (row: number) => set({ span: keyOf(row) }, state.span === "" ? "push" : "replace"),
    [set, keyOf, state.span],
  );
  const onFold = useCallback(
    (row: number, isNow: boolean) =>
      set(({ fold }) => {
        const others = fold.filter((key) => index.get(key) !== row);
        return { fold: isNow ? [...others, keyOf(row)].slice(-MOST_FOLDED) : others };
      }, "replace"),
    [set, index, keyOf],
  );
  const swap = (): void =>
    set((now) => {
      const flip = (key: string): string =>
        key === "" ? "" : (key.startsWith("a.") ? "b." : "a.") + key.slice(2);
      // A row of both is found by either name.
      return { a: now.b, b: now.a, span: flip(now.span), fold: now.fold.map(flip) };
    });
  useCommands([
    { id: "compare.only", title: "Only differences", shortcut: "d", run: () => set({ only: !state.only }) },
    { id: "compare.swap", title: "Swap the two traces", shortcut: "s", run: swap },
    {
      id: "compare.detail",
      title: "Go to the texts of the spans",
      shortcut: "Enter",
      run: () => detail.current?.focus(),
      when: () => selected >= 0,
    },
    {
      id: "compare.close",
      title: "Close the texts of the spans",
      shortcut: "Escape",
      run: () => set({ span: "" }),
      when: () => state.span !== "",
    },
  ]);
  const isCut = a.model.truncated || b.model.truncated;
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Summary projectId={projectId} comparison={comparison} />
      <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-1 border-b border-line px-3 py-1.5">
        <Switch isSelected={state.only} onChange={(only) => set({ only })}>
          Only differences
        </Switch>
        <p role="status" className="tabular text-table text-3">
          {sayCount(differences.count, rows.count)}
        </p>
        <span className="flex-1" />
        <Button size="compact" icon={ArrowLeftRight} onPress={swap}>
          Swap A and B
        </Button>
      </div>
      {isCut && (
        <p className="shrink-0 border-b border-line bg-tint-info px-3 py-1 text-table text-info">
          {`Traces of more than ${formatCount(Math.max(a.model.spans, b.model.spans))} spans are compared as far as they are loaded.`}
        </p>
      )}
      {shown.length === 0 ? (
        <EmptyState title={rows.count === 0 ? "No spans yet" : "No differences"}>
          {rows.count === 0
            ? "Neither trace has a span."
            : "Both traces have the same spans, with the same models, levels, tokens and costs, and took about as long."}
        </EmptyState>
      ) : (
        <div className="flex min-h-0 flex-1 flex-col">
          <div className="flex min-h-40 flex-1 basis-1/2 flex-col">
            <CompareTree {...{ comparison, shown, selected, isFolded, onSelect, onFold }} />
          </div>
          {selected >= 0 && (
            <Spans
              ref={detail}
              projectId={projectId}
              comparison={comparison}
              row={selected}
              onClose={() => set({ span: "" })}
            />
          )}
        </div>
      )}
    </div>
  );
}

function sayCount(differing: number, all: number): string {
  return differing === 0
    ? `No difference in ${formatPlural(all, "span")}`
    : `${formatCount(differing)} of ${formatPlural(all, "span")} ${differing === 1 ? "differs" : "differ"}`;
}

function Loading(): ReactElement {
  return (
    <div className="flex flex-col gap-3 p-3" aria-busy aria-label="Loading the traces">
      <Skeleton height="7.5rem" />
      {[70, 55, 60, 45, 50].map((width) => (
        <Skeleton key={width} width={`${width}%`} height="1.25rem" />
      ))}
    </div>
  );
}
