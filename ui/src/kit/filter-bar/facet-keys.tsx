// Metadata and scores: choose a key that recent rows have, then what its value must be.
import { useState, type FormEvent, type ReactElement } from "react";
import { Button, Chip, ComboBox, ErrorState, Select, TextField } from "@/design";
import { useFacet } from "../list/api";
import { print, printTerm, type Comparison, type FieldTerm, type Value } from "../query-language";
import { FacetSkeleton } from "./facet-options";
import type { FacetProps } from "./facet-props";

type How = "is" | "contains" | Comparison;
const WORDS: { id: How; label: string }[] = [
  { id: "is", label: "is" },
  { id: "contains", label: "contains" },
  { id: ">=", label: "≥" },
  { id: ">", label: ">" },
  { id: "<=", label: "≤" },
  { id: "<", label: "<" },
];

function valueOf(how: How, text: string): Value {
  if (how === "is") return { kind: "atom", text };
  if (how === "contains") return { kind: "glob", text, before: true, after: true };
  return { kind: "compare", op: how, text };
}

export function KeysFacet({ project, entity, field, scope, query, onQuery }: FacetProps): ReactElement {
  const { data, error, isPending, refetch } = useFacet(project, entity, field.name, scope, "");
  const [key, setKey] = useState<string | null>(null);
  const [how, setHow] = useState<How>(field.type === "score" ? ">=" : "is");
  const [text, setText] = useState("");
  if (error && !data) return <ErrorState compact error={error} onRetry={() => void refetch()} />;
  if (isPending && !data) return <FacetSkeleton />;
  const keys = (data?.facet?.keys ?? []).map((each) => (typeof each === "string" ? each : each.value));
  const own = query.filter(
    (term): term is FieldTerm => term.kind === "field" && term.field.name === field.name,
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!key || text.trim() === "") return;
    onQuery([
      ...query,
      { kind: "field", negated: false, field: { name: field.name, key }, value: valueOf(how, text.trim()) },
    ]);
    setText("");
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-1.5 px-1">
      {own.map((term) => (
        <Chip
          key={print([term])}
          tone="accent"
          removeLabel={`Remove filter ${printTerm(term)}`}
          onRemove={() => onQuery(query.filter((other) => other !== term))}
        >
          {printTerm(term)}
        </Chip>
      ))}
      <ComboBox
        label={`${field.label} key`}
        hideLabel
        placeholder={field.type === "score" ? "Score name" : "Key"}
        options={keys.map((id) => ({ id, label: id }))}
        value={key}
        onChange={setKey}
      />
      <div className="flex gap-1">
        <Select
          label="Comparison"
          hideLabel
          options={WORDS}
          value={how}
          onChange={setHow}
          className="w-24 shrink-0"
        />
        <TextField
          label="Value"
          hideLabel
          placeholder="Value"
          value={text}
          onChange={setText}
          className="flex-1"
        />
        <Button type="submit" size="compact" className="h-control!" isDisabled={!key || text.trim() === ""}>
          Add
        </Button>
      </div>
    </form>
  );
}
