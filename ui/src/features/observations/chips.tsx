// Quick types over the table: one more editor of `type` and `level` in the query.
import type { ReactElement } from "react";
import { Segmented, TYPES } from "@/design";
import { choiceOf, parse, print, setField, valueOf } from "@/kit/query-language";

const CHIPS = [
  { id: "all", label: "All" },
  { id: "GENERATION", label: "Generations", icon: TYPES.GENERATION!.icon },
  { id: "TOOL", label: "Tools", icon: TYPES.TOOL!.icon },
  { id: "AGENT", label: "Agents", icon: TYPES.AGENT!.icon },
  { id: "RETRIEVER", label: "Retrievers", icon: TYPES.RETRIEVER!.icon },
  { id: "errors", label: "Errors" },
] as const;
type Chip = (typeof CHIPS)[number]["id"];

export function chipOf(q: string): Chip | "" {
  const { query } = parse(q);
  const types = choiceOf(query, { name: "type" });
  const levels = choiceOf(query, { name: "level" });
  const [type] = types.included;
  if (types.included.length === 0 && types.excluded.length === 0 && types.isPlain)
    return levels.included.join() === "ERROR" ? "errors" : "all";
  return CHIPS.find(({ id }) => types.included.length === 1 && id === type)?.id ?? "";
}

export function withChip(q: string, chip: Chip): string {
  const { query } = parse(q);
  const noType = setField(query, { name: "type" }, null);
  const isErrors = choiceOf(query, { name: "level" }).included.join() === "ERROR";
  const rest = isErrors ? setField(noType, { name: "level" }, null) : noType;
  if (chip === "all") return print(rest);
  return print(
    chip === "errors"
      ? setField(rest, { name: "level" }, valueOf(["ERROR"]))
      : setField(rest, { name: "type" }, valueOf([chip])),
  );
}

export function TypeChips({ q, onChange }: { q: string; onChange: (q: string) => void }): ReactElement {
  return (
    <div className="shrink-0 overflow-x-auto border-b border-line px-3 py-1.5">
      <Segmented<Chip>
        label="Type"
        size="compact"
        className="w-max max-w-none!"
        options={CHIPS}
        value={chipOf(q) as Chip}
        onChange={(chip) => onChange(withChip(q, chip))}
      />
    </div>
  );
}
