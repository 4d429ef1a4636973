// What a change of prices does, in one sentence; the same for a preview and for a repricing.
import type { ReactElement } from "react";
import { Table, type TableColumn } from "@/design";
import { formatCost, formatCount } from "@/kit/format";
import type { Sums } from "./queries";

export function SumsText({ sums }: { sums: Sums }): ReactElement {
  const { observations, changed, oldTotal, newTotal, clientProvided, estimated } = sums;
  return (
    <p role="status" className="tabular">
      {observations === 0 ? (
        "No generation matches."
      ) : (
        <>
          {formatCount(observations)} generations, of which {formatCount(changed)} would cost something else:{" "}
          <strong>{formatCost(oldTotal, { detail: true })}</strong> becomes{" "}
          <strong>{formatCost(newTotal, { detail: true })}</strong>.
          {clientProvided > 0 && ` ${formatCount(clientProvided)} keep the cost that the client gave.`}
          {estimated > 0 && ` The tokens of ${formatCount(estimated)} are estimated.`}
        </>
      )}
    </p>
  );
}

type Row = Sums & { model: string };

const COLUMNS: TableColumn<Row>[] = [
  { id: "model", label: "Model", render: ({ model }) => <span className="mono text-table">{model}</span> },
  { id: "calls", label: "Calls", align: "right", render: ({ observations }) => formatCount(observations) },
  {
    id: "old",
    label: "Now",
    align: "right",
    render: ({ oldTotal, oldWithoutPrice, observations }) =>
      oldWithoutPrice === observations ? "no price" : formatCost(oldTotal, { detail: true }),
  },
  {
    id: "new",
    label: "Then",
    align: "right",
    render: ({ newTotal }) => formatCost(newTotal, { detail: true }),
  },
];

export function SumsTable({ rows }: { rows: readonly Row[] }): ReactElement | null {
  if (rows.length === 0) return null;
  return (
    <Table label="By model" columns={COLUMNS} rows={rows} rowKey={({ model }) => model} className="tabular" />
  );
}
