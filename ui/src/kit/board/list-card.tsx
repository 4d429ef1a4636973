// A card with the top of a list. It says how many there are; each row links to what it counts.
import type { ReactElement, ReactNode } from "react";
import { Card, EmptyState, Table, type TableColumn } from "@/design";
import { Region } from "@/kit/chart";

/** So many rows of a list are shown. */
export const LIST = 8;

type Props<Row> = {
  title: string;
  state: { error: unknown; isLoading: boolean; isStale: boolean; retry: () => void };
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** How many there are in all, when `rows` is not all. */
  of?: number | null;
  note?: ReactNode;
  emptyText: string;
  className?: string;
};

export function ListCard<Row>(props: Props<Row>): ReactElement {
  const { title, state, columns, rows, rowKey, note, emptyText, className } = props;
  const of = props.of ?? rows.length;
  const shown = rows.slice(0, LIST);
  const count = of > shown.length && <span className="text-table text-3">{`${shown.length} of ${of}`}</span>;
  return (
    <Card title={title} note={note} actions={count} flush className={className}>
      <div className="px-1 pb-2">
        <Region state={state} height="16rem">
          {() =>
            shown.length === 0 ? (
              <EmptyState title="Nothing here">{emptyText}</EmptyState>
            ) : (
              <Table label={title} columns={columns} rows={shown} rowKey={rowKey} />
            )
          }
        </Region>
      </div>
    </Card>
  );
}
