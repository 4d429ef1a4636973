// Answers with a time dimension -> the cells and buckets of a chart.
import { prepare, type Cell, type Fill, type Prepared } from "@/kit/chart/prepare";
import { numberOf, textOf, type Answer, type Row } from "./question";
import { endOf, startOf } from "./time";

export type SeriesOptions = {
  fill: Fill;
  /** These first, also without data. */
  names?: readonly string[];
  top?: number;
};

/** One series for each value of a dimension; `none` is the name of those without. */
export function byDimension(
  answer: Answer,
  field: string,
  metric: string,
  none: string,
  options: SeriesOptions,
): Prepared {
  const cells = answer.data.map((row): Cell => {
    // Buckets without data come as a row without a name.
    const value = numberOf(row, metric);
    const name = textOf(row, field);
    return {
      at: timeOf(row, answer),
      name: name ?? none,
      value: name === null && value === 0 ? null : value,
    };
  });
  return finish(answer, cells, options);
}

/** One series for each metric, under the name that it is given. */
export function byMetric(answer: Answer, metrics: Record<string, string>, options: SeriesOptions): Prepared {
  const cells = answer.data.flatMap((row) =>
    Object.entries(metrics).map(([metric, name]): Cell => ({
      at: timeOf(row, answer),
      name,
      value: numberOf(row, metric),
    })),
  );
  return finish(answer, cells, { names: Object.values(metrics), ...options });
}

function timeOf(row: Row, { asked }: Answer): number {
  return startOf(textOf(row, "time_dimension") ?? "", asked.scope.zone);
}

function finish(answer: Answer, cells: readonly Cell[], options: SeriesOptions): Prepared {
  const { scope, over, at } = answer.asked;
  const labels = [...new Set(answer.data.map((row) => textOf(row, "time_dimension") ?? ""))].toSorted();
  const last = labels.at(-1);
  return prepare({
    ...options,
    cells,
    times: labels.map((label) => startOf(label, scope.zone)),
    until: last && over ? endOf(last, over, scope.zone) : scope.to,
    from: scope.from,
    to: scope.to,
    now: at,
  });
}
