// The data of a chart as a real table: for those who hear it, and for those who want the numbers.
import { Link, Table, type TableColumn } from "@/design";
import type { ReactElement } from "react";
import type { TimeChartProps } from "./props";
import type { Words } from "./summary";

type Props = Pick<TimeChartProps, "title" | "prepared" | "hrefOf" | "height"> & { words: Words };

export function ChartTable({ title, prepared, hrefOf, words }: Props): ReactElement {
  const columns: TableColumn<number>[] = [
    {
      id: "time",
      label: "Time",
      className: "whitespace-nowrap",
      render: (place) => <Cell text={words.time(prepared.times[place] ?? 0)} href={hrefOf?.(place, null)} />,
    },
    ...prepared.series.map(({ name, values }, which): TableColumn<number> => {
      const isOther = prepared.hasOther && which === prepared.series.length - 1;
      return {
        id: `series-${which}`,
        label: name,
        align: "right",
        render: (place) => {
          const value = values[place];
          if (value === null || value === undefined) return "–";
          return (
            <Cell
              text={words.value(value)}
              href={isOther || value === 0 ? undefined : hrefOf?.(place, name)}
            />
          );
        },
      };
    }),
  ];
  const rows = prepared.times.map((_, place) => place);
  return (
    <div className="max-h-80 overflow-y-auto">
      <Table label={title} columns={columns} rows={rows} rowKey={(place) => place} />
    </div>
  );
}

function Cell({ text, href }: { text: string; href: string | undefined }): ReactElement {
  return href ? <Link href={href}>{text}</Link> : <>{text}</>;
}
