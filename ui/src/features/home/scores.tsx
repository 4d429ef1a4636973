// Scores by name: averages of numbers, counts of categories.
import type { ReactElement } from "react";
import { Badge, Link } from "@/design";
import { ListCard, type View } from "@/kit/board";
import { formatCount, formatScore } from "@/kit/format";
import { having, scoresHref, together, useMetrics } from "@/kit/metrics";
import { CATEGORIES, SCORES } from "./questions";
import { scoreRows, type ScoreRow } from "./shapes";

export function Scores({ view }: { view: View }): ReactElement {
  const numbers = useMetrics(view.projectId, SCORES, view.scope);
  const categories = useMetrics(view.projectId, CATEGORIES, view.scope);
  const rows = numbers.data && categories.data ? scoreRows(numbers.data, categories.data) : [];
  return (
    <ListCard<ScoreRow>
      title="Scores by name"
      state={together(numbers, categories)}
      rows={rows}
      rowKey={({ name }) => name}
      emptyText="No scores in this range."
      columns={[
        {
          id: "name",
          label: "Score",
          className: "min-w-32",
          render: ({ name }) => <Link href={scoresHref(view.place, [], name)}>{name}</Link>,
        },
        { id: "count", label: "Count", align: "right", render: ({ count }) => formatCount(count) },
        {
          id: "average",
          label: "Average",
          align: "right",
          render: ({ average }) => formatScore({ value: average, type: "NUMERIC" }),
        },
        { id: "values", label: "Values", wide: true, render: (row) => <Categories view={view} row={row} /> },
      ]}
    />
  );
}

function Categories({ view, row }: { view: View; row: ScoreRow }): ReactElement {
  return (
    <span className="flex flex-wrap gap-1">
      {row.categories.slice(0, 4).map(({ value, count }) => (
        <Link
          key={value}
          look="plain"
          href={scoresHref(view.place, [having("text", { kind: "exact", text: value })], row.name)}
        >
          <Badge>
            {value} {formatCount(count)}
          </Badge>
        </Link>
      ))}
    </span>
  );
}
