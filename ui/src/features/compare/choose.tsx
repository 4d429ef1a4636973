// Asks for a trace to compare: an id or a link, or one of the latest of the same name.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useState } from "react";

import {
  Button,
  Card,
  EmptyState,
  ErrorState,
  LevelBadge,
  Link,
  Table,
  type TableColumn,
  TextField,
} from "@/design";
import { formatCost, formatDuration, formatTime, formatTimeDetails, shortId } from "@/kit/format";
import { queryRows } from "@/kit/list/api";

import { readReference } from "./reference";

const LATEST = 20;
const COLUMNS = ["name", "time", "level", "latency", "cost"];

type Row = {
  id: string;
  name?: string | null;
  time: string;
  level?: string;
  latency?: number | null;
  cost?: number | null;
};

export interface ChooseProps {
  projectId: string;
  letter: "A" | "B";
  /** The trace that is chosen already; its name is undefined while it is loading. */
  other?: { id: string; name: string | null | undefined };
  hrefOf: (id: string) => string;
  onChoose: (id: string) => void;
}

export function Choose({ projectId, letter, other, hrefOf, onChoose }: ChooseProps): ReactElement {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = readReference(typed, projectId);
    if (found.id === undefined) setProblem(found.problem);
    else if (found.id === other?.id) setProblem("This is the trace that it would be compared with.");
    else onChoose(found.id);
  };
  return (
    <div className="mx-auto flex w-full max-w-200 flex-col gap-4 p-4">
      <Card title={other ? "Compare with which trace?" : "Compare which trace?"}>
        <form onSubmit={submit} className="flex flex-wrap items-end gap-2">
          <div className="min-w-60 flex-1">
            <TextField
              label={`Trace ${letter}`}
              description="Its id, or the link of its page."
              value={typed}
              onChange={(text) => {
                setTyped(text);
                setProblem(null);
              }}
              error={problem}
              autoFocus
              autoComplete="off"
            />
          </div>
          <Button type="submit" variant="primary" isDisabled={typed.trim() === ""} className="mb-6">
            Compare
          </Button>
        </form>
      </Card>
      <Latest {...{ projectId, other, hrefOf }} />
    </div>
  );
}

function Latest({
  projectId,
  other,
  hrefOf,
}: Pick<ChooseProps, "projectId" | "other" | "hrefOf">): ReactElement {
  const name = other ? other.name : null;
  const filter = name ? { field: "name", op: "is" as const, value: name } : undefined;
  const { data, error, isPending, refetch } = useQuery({
    queryKey: ["compare-latest", projectId, name],
    queryFn: ({ signal }) =>
      queryRows<Row>(
        projectId,
        "traces",
        { filter, sort: { field: "time", descending: true }, columns: COLUMNS, limit: LATEST },
        signal,
      ),
    enabled: name !== undefined,
  });
  const rows = (data?.rows ?? []).filter(({ id }) => id !== other?.id);
  const title = name ? `Latest traces named “${name}”` : "Latest traces";
  const columns: TableColumn<Row>[] = [
    {
      id: "time",
      label: "Time",
      className: "whitespace-nowrap",
      render: ({ time, id }) => (
        <Link href={hrefOf(id)}>
          <time dateTime={time} title={formatTimeDetails(time)}>
            {formatTime(time)}
          </time>
        </Link>
      ),
    },
    { id: "name", label: "Name", render: (row) => row.name || "Unnamed trace" },
    {
      id: "id",
      label: "Id",
      wide: true,
      render: ({ id }) => <span className="mono text-3">{shortId(id)}</span>,
    },
    { id: "level", label: "Status", render: ({ level }) => <LevelBadge level={level} /> },
    { id: "latency", label: "Latency", align: "right", render: ({ latency }) => formatDuration(latency) },
    { id: "cost", label: "Cost", align: "right", wide: true, render: ({ cost }) => formatCost(cost) },
  ];
  return (
    <Card title={title} flush>
      {error ? (
        <ErrorState error={error} title="The traces could not be loaded" onRetry={() => void refetch()} />
      ) : (
        <Table
          label={title}
          columns={columns}
          rows={rows}
          rowKey={({ id }) => id}
          isLoading={isPending}
          empty={
            <EmptyState title="No other trace">
              {name ? "No other trace has this name." : "There is no trace in this project yet."}
            </EmptyState>
          }
        />
      )}
    </Card>
  );
}
