// A card with a chart: title, "View as table", and the states of what it asks for.
import { ChartLine, Table2 } from "lucide-react";
import { useState, type ReactElement, type ReactNode } from "react";
import { Card, EmptyState, IconButton } from "@/design";
import { useGo } from "../url";
import { isEmpty, type Prepared } from "./prepare";
import { HEIGHT, LEGEND, type TimeChartProps } from "./props";
import { Region } from "./region";
import { TimeChart } from "./time-chart";

export type ChartCardProps = Omit<TimeChartProps, "prepared" | "asTable" | "onGo"> & {
  state: { error: unknown; isLoading: boolean; isStale: boolean; retry: () => void };
  /** Null while it is loading. */
  prepared: Prepared | null;
  note?: ReactNode;
  /** What it means that there is nothing. */
  emptyText: string;
};

export function ChartCard({ state, prepared, note, emptyText, ...chart }: ChartCardProps): ReactElement {
  const [asTable, setTable] = useState(false);
  const go = useGo();
  const height = `calc(${chart.height ?? HEIGHT}px + ${LEGEND})`;
  const label = asTable ? "View as chart" : "View as table";
  const toggle = (
    <IconButton
      size="compact"
      label={`${label}: ${chart.title}`}
      icon={asTable ? ChartLine : Table2}
      onPress={() => setTable(!asTable)}
    />
  );
  return (
    <Card title={chart.title} note={note} actions={toggle}>
      <Region state={state} height={height}>
        {() =>
          prepared === null || isEmpty(prepared) ? (
            <div className="flex items-center" style={{ minHeight: height }}>
              <EmptyState title="Nothing here">{emptyText}</EmptyState>
            </div>
          ) : (
            <TimeChart {...chart} prepared={prepared} asTable={asTable} onGo={go} />
          )
        }
      </Region>
    </Card>
  );
}
