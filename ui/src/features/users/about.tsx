// What is known about a user: since when, with which models, environments and tags.
import { useQuery } from "@tanstack/react-query";
import type { ReactElement } from "react";
import { api, type Schema } from "@/api";
import { Badge, Card, Link } from "@/design";
import { ListCard, type View } from "@/kit/board";
import { Region } from "@/kit/chart";
import { formatCost, formatCount, formatRelative, formatTime, formatTimeDetails } from "@/kit/format";
import {
  is,
  numberOf,
  textOf,
  together,
  tracesHref,
  useMetrics,
  type Question,
  type Row as Numbers,
} from "@/kit/metrics";

type UserFacts = Schema<"UserViewOut">;
const ENVIRONMENTS: Question = { view: "traces", dimensions: ["environment"], metrics: ["count:count"] };
const TAGS: Question = {
  view: "traces",
  dimensions: ["tag"],
  metrics: ["count:count"],
  limit: 20,
  orderBy: "count_count",
};
const MODELS: Question = {
  view: "observations",
  dimensions: ["providedModelName"],
  metrics: ["totalCost:sum", "count:count"],
  filters: [{ type: "null", column: "providedModelName", operator: "is not null", value: "" }],
};

export function About({
  projectId,
  userId,
  view,
}: {
  projectId: string;
  userId: string;
  view: View | null;
}): ReactElement {
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["user", projectId, userId],
    queryFn: ({ signal }) =>
      api.get("/api/ui/projects/{project_id}/user", {
        path: { project_id: projectId },
        query: { id: userId },
        signal,
      }),
  });
  return (
    <div className="grid grid-cols-1 gap-4 lg:grid-cols-2">
      <Card title="All time">
        <Region
          state={{ error, isLoading: isPending, isStale: false, retry: () => void refetch() }}
          height="8rem"
        >
          {() => data && <Facts facts={data} />}
        </Region>
      </Card>
      {view && <Breakdowns view={view} />}
    </div>
  );
}

function Facts({ facts }: { facts: UserFacts }): ReactElement {
  const rows = [
    ["User id", <code key="id">{facts.id}</code>],
    [
      "First seen",
      <span
        key="first"
        title={formatTimeDetails(facts.first)}
      >{`${formatTime(facts.first)} (${formatRelative(facts.first)})`}</span>,
    ],
    [
      "Last seen",
      <span
        key="last"
        title={formatTimeDetails(facts.last)}
      >{`${formatTime(facts.last)} (${formatRelative(facts.last)})`}</span>,
    ],
    ["Traces", formatCount(facts.traces)],
    ["Sessions", formatCount(facts.sessions)],
    ["Observations", formatCount(facts.observations)],
  ] as const;
  return (
    <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
      {rows.map(([label, value]) => (
        <div key={label} className="contents">
          <dt className="text-3">{label}</dt>
          <dd className="tabular min-w-0">{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Breakdowns({ view }: { view: View }): ReactElement {
  const models = useMetrics(view.projectId, MODELS, view.scope);
  const environments = useMetrics(view.projectId, ENVIRONMENTS, view.scope);
  const tags = useMetrics(view.projectId, TAGS, view.scope);
  const words = (rows: readonly Numbers[], name: string, field: string) => (
    <span className="flex flex-wrap gap-1.5">
      {rows.map((row) => {
        const value = textOf(row, name) ?? "";
        return (
          <Link key={value} look="plain" href={tracesHref(view.place, [is(field, value)])}>
            <Badge>{`${value} ${formatCount(numberOf(row, "count_count"))}`}</Badge>
          </Link>
        );
      })}
      {rows.length === 0 && <span className="text-3">None in this range</span>}
    </span>
  );
  return (
    <>
      <ListCard<Numbers>
        title="Models"
        state={together(models)}
        rows={models.data?.data ?? []}
        rowKey={(row) => textOf(row, "providedModelName") ?? ""}
        emptyText="No model was called in this range."
        columns={[
          { id: "model", label: "Model", render: (row) => textOf(row, "providedModelName") },
          {
            id: "calls",
            label: "Calls",
            align: "right",
            render: (row) => formatCount(numberOf(row, "count_count")),
          },
          {
            id: "cost",
            label: "Cost",
            align: "right",
            render: (row) => formatCost(numberOf(row, "sum_totalCost")),
          },
        ]}
      />
      <Card title="Environments">
        <Region state={together(environments)} height="2rem">
          {() => words(environments.data?.data ?? [], "environment", "env")}
        </Region>
      </Card>
      <Card title="Tags">
        <Region state={together(tags)} height="2rem">
          {() => words(tags.data?.data ?? [], "tag", "tags")}
        </Region>
      </Card>
    </>
  );
}
