// What the same calls would have cost on another model.
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import {
  Button,
  Card,
  ComboBox,
  ErrorState,
  Skeleton,
  Stat,
  Table,
  type TableColumn,
  TextField,
} from "@/design";
import { formatCost, formatCount } from "@/kit/format";
import { daysAgo, endOf, startOf } from "./days";
import { askWhatIf, modelsQuery, type WhatIf } from "./queries";

type Row = WhatIf["byModel"][number];

export function WhatIfTab({ project }: { project: string }): ReactElement {
  const [from, setFrom] = useState(daysAgo(30));
  const [to, setTo] = useState(daysAgo(0));
  const [model, setModel] = useState("");
  const [asked, setAsked] = useState<{ from: string; to: string; model: string }>();
  const { data: models } = useQuery(modelsQuery(project));
  const answer = useQuery({
    queryKey: ["what-if", project, asked],
    queryFn: () => askWhatIf(project, asked!.from, asked!.to, asked!.model),
    enabled: asked !== undefined,
  });
  const names = [...new Set(models?.map(({ modelName }) => modelName) ?? [])].toSorted();
  return (
    <Card title="What would it have cost on another model?">
      <div className="flex flex-col gap-4">
        <div className="flex flex-wrap items-end gap-3">
          <TextField label="From" type="date" value={from} onChange={setFrom} />
          <TextField label="To" type="date" value={to} onChange={setTo} />
          <ComboBox
            label="Model"
            placeholder="gpt-4o-mini"
            value={model}
            onChange={(name) => setModel(name ?? "")}
            options={names.map((name) => ({ id: name, label: name }))}
          />
          <Button
            variant="primary"
            isDisabled={!from || !to || model.trim() === ""}
            isPending={answer.isFetching}
            onPress={() => setAsked({ from: startOf(from), to: endOf(to), model: model.trim() })}
          >
            Compare
          </Button>
        </div>
        {answer.error ? (
          <ErrorState compact error={answer.error} onRetry={() => void answer.refetch()} />
        ) : answer.data ? (
          <Answer answer={answer.data} />
        ) : (
          asked && <Skeleton height="12rem" />
        )}
      </div>
    </Card>
  );
}

const COLUMNS: TableColumn<Row>[] = [
  { id: "model", label: "Called", render: ({ model }) => <span className="mono text-table">{model}</span> },
  { id: "calls", label: "Calls", align: "right", render: ({ observations }) => formatCount(observations) },
  {
    id: "now",
    label: "Cost",
    align: "right",
    render: ({ totalNow }) => formatCost(totalNow, { detail: true }),
  },
  {
    id: "then",
    label: "Would cost",
    align: "right",
    render: ({ totalThen }) => formatCost(totalThen, { detail: true }),
  },
];

function Answer({ answer }: { answer: WhatIf }): ReactElement {
  const { model, totalNow, totalThen, difference, observations, assumptions, usageWithoutPrice } = answer;
  const sign = difference > 0 ? "+" : difference < 0 ? "−" : "";
  const share = totalNow > 0 ? `${sign}${Math.abs((100 * difference) / totalNow).toFixed(0)}%` : "";
  const unpriced = Object.keys(usageWithoutPrice);
  return (
    <>
      <div className="grid grid-cols-[repeat(auto-fill,minmax(10rem,1fr))] gap-3">
        <Stat label="Cost" value={formatCost(totalNow)} note={`${formatCount(observations)} calls`} />
        <Stat label={`On ${model.modelName}`} value={formatCost(totalThen)} />
        <Stat label="Difference" value={sign + formatCost(Math.abs(difference))} note={share} />
      </div>
      <Table
        label="By model"
        columns={COLUMNS}
        rows={answer.byModel}
        rowKey={(row) => row.model}
        className="tabular"
      />
      {unpriced.length > 0 && (
        <p className="text-2">
          {model.modelName} has no price for {unpriced.join(", ")}: they are counted as free.
        </p>
      )}
      <section>
        <h3 className="mb-1 font-semibold">Assumptions</h3>
        <ul className="list-disc pl-5 text-2">
          {assumptions.map((text) => (
            <li key={text}>{text}</li>
          ))}
        </ul>
      </section>
    </>
  );
}
