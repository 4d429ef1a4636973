// The environments of the project, as an editor of `env:` in the query.
import { Layers } from "lucide-react";
import type { ReactElement } from "react";
import { Button, MenuItem, MenuTrigger } from "@/design";
import { formatCount } from "@/kit/format";
import { numberOf, textOf, useMetrics, type Scope } from "@/kit/metrics";
import { choiceOf, parse, print, setChoice } from "@/kit/query-language";
import { ENVIRONMENTS } from "./questions";

const FIELD = { name: "env" };

type Props = { projectId: string; scope: Scope | null; q: string; onChange: (q: string) => void };

export function Environments({ projectId, scope, q, onChange }: Props): ReactElement {
  // All of the range: also those that the query leaves out.
  const { data } = useMetrics(projectId, ENVIRONMENTS, scope && { ...scope, traceFilter: undefined });
  const { query } = parse(q);
  const { included, excluded } = choiceOf(query, FIELD);
  const known = data?.data.map((row) => textOf(row, "environment") ?? "") ?? [];
  const names = [...new Set([...known, ...included])];
  const label =
    included.length === 0
      ? "All environments"
      : included.length === 1
        ? included[0]
        : `${included.length} environments`;
  const choose = (chosen: string[]) =>
    onChange(print(setChoice(query, FIELD, { included: chosen, excluded, all: false })));
  const counts = new Map(
    data?.data.map((row) => [textOf(row, "environment") ?? "", numberOf(row, "count_count")]),
  );
  return (
    <MenuTrigger
      label="Environments"
      selectionMode="multiple"
      selectedKeys={included}
      onSelectionChange={(keys) => choose(keys === "all" ? [] : [...keys].map(String))}
      trigger={
        <Button icon={Layers} aria-label={`Environments: ${label}`}>
          <span className="max-w-40 truncate">{label}</span>
        </Button>
      }
    >
      {names.map((name) => (
        <MenuItem
          key={name}
          id={name}
          textValue={name}
          description={`${formatCount(counts.get(name) ?? 0)} traces`}
        >
          {name}
        </MenuItem>
      ))}
    </MenuTrigger>
  );
}
