// A plain table for settings and small lists; big lists use the table kit.
import clsx from "clsx";
import type { Key, ReactElement, ReactNode } from "react";

export interface TableColumn<Row> {
  id: string;
  label: string;
  align?: "left" | "right";
  hideLabel?: boolean;
  /** Hidden on narrow screens. */
  wide?: boolean;
  className?: string;
  render: (row: Row) => ReactNode;
}

export interface TableProps<Row> {
  /** Caption for assistive technology. */
  label: string;
  columns: readonly TableColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => Key;
  isLoading?: boolean;
  /** Shown instead of rows. */
  empty?: ReactNode;
  className?: string;
}

export function Table<Row>({
  label,
  columns,
  rows,
  rowKey,
  isLoading,
  empty,
  className,
}: TableProps<Row>): ReactElement {
  if (!isLoading && rows.length === 0 && empty) return <>{empty}</>;
  return (
    <div
      className={clsx("relative overflow-x-auto", className)}
      tabIndex={0}
      role="region"
      aria-label={label}
    >
      <table className="w-full border-collapse text-left text-base" aria-busy={isLoading}>
        <caption className="sr-only">{label}</caption>
        <thead>
          <tr className="border-b border-line text-table text-3">
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={clsx(
                  "px-3 py-1.5 font-medium whitespace-nowrap first:pl-4 last:pr-4",
                  column.align === "right" && "text-right",
                  column.wide && "max-md:hidden",
                )}
              >
                <span className={clsx(column.hideLabel && "sr-only")}>{column.label}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {isLoading && rows.length === 0
            ? [0, 1, 2].map((index) => (
                <tr key={index} aria-hidden className="h-row border-b border-line">
                  {columns.map((column) => (
                    <td key={column.id} aria-hidden className={clsx("px-3", column.wide && "max-md:hidden")}>
                      <span className="block h-3 w-2/3 animate-shimmer rounded-control bg-s2" />
                    </td>
                  ))}
                </tr>
              ))
            : rows.map((row) => (
                <tr key={rowKey(row)} className="border-b border-line last:border-0 hover:bg-s1">
                  {columns.map((column) => (
                    <td
                      key={column.id}
                      className={clsx(
                        "h-row px-3 py-1 align-middle first:pl-4 last:pr-4",
                        column.align === "right" && "tabular text-right whitespace-nowrap",
                        column.wide && "max-md:hidden",
                        column.className,
                      )}
                    >
                      {column.render(row)}
                    </td>
                  ))}
                </tr>
              ))}
        </tbody>
      </table>
    </div>
  );
}
