// Models that were called and have no price, newest first.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";
import { useCan } from "@/api";
import { Button, Card, EmptyState, Link, Table, type TableColumn } from "@/design";
import { formatCount, formatRelative, formatTokens } from "@/kit/format";
import { Asked } from "@/kit/settings";
import { paths } from "@/kit/url";
import { NEW, patternFor } from "./draft";
import { ModelDialog } from "./model-dialog";
import { type MissingPrice, missingQuery } from "./queries";

export function Missing({ project }: { project: string }): ReactElement {
  const missing = useQuery(missingQuery(project));
  const queries = useQueryClient();
  const mayWrite = useCan("models:CUD");
  const [pricing, setPricing] = useState<MissingPrice>();
  const columns: TableColumn<MissingPrice>[] = [
    {
      id: "model",
      label: "Model",
      render: ({ model, why }) => (
        <span className="flex flex-col">
          <Link
            href={paths.observations(project, { q: `model:=${JSON.stringify(model)}`, range: "30d" })}
            className="mono"
          >
            {model}
          </Link>
          <span className="text-table text-3">{why}</span>
        </span>
      ),
    },
    { id: "calls", label: "Calls", align: "right", render: ({ observations }) => formatCount(observations) },
    {
      id: "tokens",
      label: "Tokens",
      align: "right",
      wide: true,
      render: ({ tokens }) => formatTokens(tokens),
    },
    {
      id: "last",
      label: "Last call",
      wide: true,
      render: ({ lastSeen }) => <span className="whitespace-nowrap">{formatRelative(lastSeen)}</span>,
    },
    {
      id: "set",
      label: "Actions",
      hideLabel: true,
      align: "right",
      render: (row) =>
        mayWrite &&
        (row.modelId ? (
          <Link look="default" size="compact" href={paths.settings(project, "models", { tab: "repricing" })}>
            Reprice history
          </Link>
        ) : (
          <Button size="compact" aria-label={`Set a price for ${row.model}`} onPress={() => setPricing(row)}>
            Set a price
          </Button>
        )),
    },
  ];
  return (
    <>
      <Asked query={missing} height="16rem">
        {(rows) => (
          <Card title="Without a price" note="Their calls count, with tokens, at no cost." flush>
            <Table
              label="Models without a price"
              columns={columns}
              rows={rows}
              rowKey={({ model }) => model}
              className="tabular"
              empty={<EmptyState title="Every model that was called has a price" />}
            />
          </Card>
        )}
      </Asked>
      {pricing && (
        <ModelDialog
          project={project}
          title={`A price for ${pricing.model}`}
          note="New calls get it at once. Repricing gives it to history."
          start={{
            ...NEW,
            modelName: pricing.model,
            matchPattern: patternFor(pricing.model),
            prices: Object.keys(pricing.usageDetails)
              .filter((key) => key !== "total")
              .map((key) => ({ key, perMillion: null })),
          }}
          onClose={() => setPricing(undefined)}
          onSaved={async () => {
            await Promise.all([
              queries.invalidateQueries({ queryKey: ["models", project] }),
              queries.invalidateQueries({ queryKey: ["missing-prices", project] }),
            ]);
          }}
        />
      )}
    </>
  );
}
