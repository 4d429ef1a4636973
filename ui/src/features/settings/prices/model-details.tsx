// Everything that a definition says: what it matches, its prices by kind of usage, and its tiers with their conditions.
import type { ReactElement } from "react";
import { Badge, Button, Dialog, Table, type TableColumn } from "@/design";
import { formatCost, formatDate } from "@/kit/format";
import { Fact } from "@/kit/settings";
import { MILLION } from "./draft";
import type { Model, Tier } from "./queries";

export function ModelDetails({
  model,
  onClose,
  onEdit,
}: {
  model: Model;
  onClose: () => void;
  /** Left out where the role may not. */
  onEdit?: () => void;
}): ReactElement {
  const { modelName, matchPattern, isLangfuseManaged, startDate, unit, tokenizerId, pricingTiers } = model;
  const tiers = pricingTiers.toSorted((a, b) => a.priority - b.priority);
  return (
    <Dialog
      title={modelName}
      size="large"
      isOpen
      onClose={onClose}
      actions={
        <>
          {onEdit && <Button onPress={onEdit}>{isLangfuseManaged ? "Override" : "Edit"}</Button>}
          <Button variant="primary" onPress={onClose}>
            Close
          </Button>
        </>
      }
    >
      <div className="flex flex-col gap-4">
        <Fact label="Match pattern" value={matchPattern} mono copy />
        <div className="grid grid-cols-2 gap-4 md:grid-cols-4">
          <Fact label="Source" value={isLangfuseManaged ? "Built in" : "Of this project"} />
          <Fact label="Counts from" value={startDate ? formatDate(startDate) : "Always"} />
          <Fact label="Unit" value={(unit ?? "TOKENS").toLowerCase()} />
          <Fact label="Tokenizer" value={tokenizerId ?? "None"} />
        </div>
        {tiers.map((tier) => (
          <TierSection key={tier.id ?? tier.name} tier={tier} unit={unit ?? "TOKENS"} />
        ))}
      </div>
    </Dialog>
  );
}

type Price = [key: string, price: number];

function TierSection({ tier, unit }: { tier: Tier; unit: string }): ReactElement {
  const columns: TableColumn<Price>[] = [
    { id: "key", label: "Usage", render: ([key]) => <span className="mono text-table">{key}</span> },
    {
      id: "price",
      label: `USD per million ${unit.toLowerCase()}`,
      align: "right",
      render: ([, price]) => formatCost(price * MILLION, { detail: true }),
    },
  ];
  return (
    <section className="rounded-card border border-line">
      <header className="flex flex-wrap items-center gap-2 px-4 pt-2">
        <h3 className="font-semibold">{tier.name}</h3>
        {tier.isDefault ? (
          <Badge>{"Where no other holds"}</Badge>
        ) : (
          <span className="text-table text-2">
            when {tier.conditions.map(describeCondition).join(" and ")}
          </span>
        )}
      </header>
      <Table
        label={`Prices of ${tier.name}`}
        columns={columns}
        rows={Object.entries(tier.prices)}
        rowKey={([key]) => key}
        empty={<p className="px-4 pt-1 pb-3 text-table text-3">No prices: usage counts as free.</p>}
      />
    </section>
  );
}

const COMPARISONS: Record<string, string> = { gt: ">", gte: "≥", lt: "<", lte: "≤", eq: "=", neq: "≠" };

export function describeCondition(condition: Tier["conditions"][number]): string {
  if ("usageDetailPattern" in condition) {
    const { usageDetailPattern, operator, value } = condition;
    return `usage of ${usageDetailPattern} ${COMPARISONS[operator] ?? operator} ${value.toLocaleString("en")}`;
  }
  return `${condition.source} ${condition.key} ${condition.operator} ${condition.values.join(", ")}`;
}
