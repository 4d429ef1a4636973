// Three different kinds of nothing: never anything, nothing in this time, or nothing under these filters.
import { useQuery } from "@tanstack/react-query";
import { FilterX, Inbox, TimerOff } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Button, EmptyState } from "@/design";
import { formatCount, formatTime } from "../format";
import { parse, print, printTerm, toApi, type Query } from "../query-language";
import { printRange } from "../time-range";
import { countRows, queryRows } from "./api";
import type { List } from "./use-list";

type EmptyProps<R> = { list: List<R>; noun: string; never: ReactNode };

export function Empty<R>({ list, noun, never }: EmptyProps<R>): ReactElement {
  if (list.diagnostics.length > 0)
    return (
      <EmptyState icon={FilterX} title="This filter cannot be read">
        {list.diagnostics[0]!.message} Correct it in the search bar.
      </EmptyState>
    );
  if (list.state.q !== "") return <NoneMatches list={list} noun={noun} />;
  return <NoneInRange list={list} noun={noun} never={never} />;
}

function NoneInRange<R>({ list, noun, never }: EmptyProps<R>): ReactElement {
  const { project, entity, state, set, anchored } = list;
  const timeField = entity === "users" ? "lastseen" : "time";
  const newest = useQuery({
    queryKey: ["count", project, entity, "newest"],
    queryFn: async ({ signal }) => {
      const sort = { field: timeField, descending: true };
      const { rows } = await queryRows<Record<string, unknown>>(
        project,
        entity,
        { sort, columns: [timeField], limit: 1 },
        signal,
      );
      return rows[0] ? String(rows[0][timeField]) : null;
    },
    enabled: state.range !== "all",
  });
  if (state.range === "all" || newest.data === null) return <>{never}</>;
  const at = newest.data ? new Date(newest.data).getTime() : undefined;
  const wider =
    at === undefined
      ? undefined
      : ["7d", "30d", "90d"].find((token) => anchored.anchor - at < Number.parseInt(token, 10) * 86_400_000);
  return (
    <EmptyState
      icon={TimerOff}
      title={`No ${noun} in this time`}
      action={
        <>
          <Button variant="primary" onPress={() => set({ range: wider ?? "all" })}>
            {wider ? `Widen to ${wider.replace("d", " d")}` : "Show all time"}
          </Button>
          {at !== undefined && (
            <Button
              onPress={() =>
                set({ range: printRange({ kind: "absolute", from: at - 43_200_000, to: at + 43_200_000 }) })
              }
            >
              Go to the newest
            </Button>
          )}
        </>
      }
    >
      {at === undefined ? "Looking where there are some…" : `The newest is of ${formatTime(at)}.`}
    </EmptyState>
  );
}

function NoneMatches<R>({ list, noun }: { list: List<R>; noun: string }): ReactElement {
  const { query } = parse(list.state.q);
  const without = useWithout(list, query);
  return (
    <EmptyState
      icon={Inbox}
      title={`No ${noun} match these filters`}
      action={<Button onPress={() => list.set({ q: "" })}>Remove all filters</Button>}
    >
      <ul className="mt-1 flex flex-col items-stretch gap-1 text-left">
        {without.map(({ index, text, count }) => (
          <li key={`${index}/${text}`} className="flex items-center gap-2">
            <Button
              size="compact"
              aria-label={`Remove filter ${text}`}
              onPress={() => list.set({ q: print(query.filter((_, place) => place !== index)) })}
            >
              Remove
            </Button>
            <code className="min-w-0 flex-1 truncate">{text}</code>
            <span className="tabular text-table text-3">
              {count === undefined ? "" : `${formatCount(count)} without it`}
            </span>
          </li>
        ))}
      </ul>
    </EmptyState>
  );
}

/** Each filter with how many rows there would be without it, the most selective first. */
function useWithout<R>(
  list: List<R>,
  query: Query,
): { index: number; text: string; count: number | undefined }[] {
  const { project, entity, scope, fields, anchored } = list;
  const { data } = useQuery({
    queryKey: ["count", project, entity, "without", list.state.q, scope],
    queryFn: ({ signal }) =>
      Promise.all(
        query.slice(0, 8).map(async (_, index) => {
          const rest = query.filter((_term, place) => place !== index);
          const { filter } = toApi(rest, fields, anchored.anchor);
          return (await countRows(project, entity, { ...scope, filter }, signal)).count;
        }),
      ),
    enabled: scope !== null,
  });
  return query
    .map((term, index) => ({ index, text: printTerm(term), count: data?.[index] }))
    .sort((a, b) => (b.count ?? 0) - (a.count ?? 0));
}
