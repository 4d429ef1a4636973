// A number, a duration or an amount: from-to fields over a small histogram. Values as people write them (`2s`, `$0.02`).
import { useState, type FormEvent, type ReactElement } from "react";
import { Button, ErrorState, TextField } from "@/design";
import { formatCost, formatCount, formatDuration } from "../format";
import { useFacet } from "../list/api";
import { parseNumber, setField, type Field, type FieldTerm, type Query, type Value } from "../query-language";
import { isOn } from "../query-language";
import { FacetSkeleton } from "./facet-options";
import type { FacetProps } from "./facet-props";

type Ends = { lo: string; hi: string };

/** What the condition on this field says as two ends; null when it says something else. */
export function endsOf(query: Query, name: string): Ends | null {
  const terms = query.filter(isOn({ name }));
  const value = terms[0]?.value;
  if (!value) return { lo: "", hi: "" };
  if (terms.length > 1 || terms[0]!.negated) return null;
  if (value.kind === "range") return { lo: value.lo, hi: value.hi };
  if (value.kind === "compare")
    return value.op.startsWith(">") ? { lo: value.text, hi: "" } : { lo: "", hi: value.text };
  return null;
}

/** Untouched ends keep their sign: `>2s` stays `>2s`. */
function valueFrom(ends: Ends, before: FieldTerm | undefined): Value | null {
  if (ends.lo === "" && ends.hi === "") return null;
  const old = before?.value;
  if (
    old?.kind === "compare" &&
    old.text === (old.op.startsWith(">") ? ends.lo : ends.hi) &&
    (ends.lo === "" || ends.hi === "")
  )
    return old;
  return { kind: "range", lo: ends.lo, hi: ends.hi };
}

const shown = (field: Field, value: number): string =>
  field.type === "duration"
    ? formatDuration(value)
    : field.type === "money"
      ? formatCost(value)
      : formatCount(value);

export function RangeFacet({ project, entity, field, scope, query, onQuery }: FacetProps): ReactElement {
  const { data, error, isPending, refetch } = useFacet(project, entity, field.name, scope, "");
  const ends = endsOf(query, field.name);
  if (!ends) return <p className="px-1 text-table text-3">Advanced filter: edit it in the search bar.</p>;
  if (error && !data) return <ErrorState compact error={error} onRetry={() => void refetch()} />;
  if (isPending && !data) return <FacetSkeleton />;
  const facet = data?.facet;
  const choose = (next: Ends): void =>
    onQuery(setField(query, { name: field.name }, valueFrom(next, query.find(isOn({ name: field.name })))));
  const hint =
    facet?.min != null && facet.max != null
      ? `${shown(field, facet.min)} – ${shown(field, facet.max)}`
      : "No values here";
  return (
    <div className="flex flex-col gap-1">
      <Bars
        bins={facet?.histogram ?? []}
        field={field}
        onPick={(lo, hi) => choose({ lo: plain(lo), hi: plain(hi) })}
      />
      <p className="tabular px-1 text-caption text-3">{hint}</p>
      <EndsForm key={`${ends.lo}..${ends.hi}`} field={field} ends={ends} onChoose={choose} />
    </div>
  );
}

/** Short and exact enough to be read again. */
const plain = (value: number): string => String(Number(value.toPrecision(4)));

function Bars({
  bins,
  field,
  onPick,
}: {
  bins: [number, number, number][];
  field: Field;
  onPick: (lo: number, hi: number) => void;
}): ReactElement | null {
  const most = Math.max(0, ...bins.map(([, , count]) => count));
  if (most === 0) return null;
  return (
    <div className="flex h-8 items-end gap-px px-1" aria-hidden>
      {bins.map(([lo, hi, count]) => (
        <button
          key={lo}
          type="button"
          tabIndex={-1}
          aria-label={`${shown(field, lo)} – ${shown(field, hi)}`}
          title={`${shown(field, lo)} – ${shown(field, hi)}: ${formatCount(count)}`}
          className="flex h-full min-w-0 flex-1 items-end hover:bg-s2"
          onClick={() => onPick(lo, hi)}
        >
          <span
            className="w-full bg-heat-5"
            style={{ height: count === 0 ? "0" : `${Math.max(6, (count / most) * 100)}%` }}
          />
        </button>
      ))}
    </div>
  );
}

function EndsForm({
  field,
  ends,
  onChoose,
}: {
  field: Field;
  ends: Ends;
  onChoose: (ends: Ends) => void;
}): ReactElement {
  const [lo, setLo] = useState(ends.lo);
  const [hi, setHi] = useState(ends.hi);
  const isWrong = [lo, hi].some((text) => text !== "" && parseNumber(text, field.type) === undefined);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!isWrong) onChoose({ lo: lo.trim(), hi: hi.trim() });
  };
  const example = field.type === "duration" ? "2s" : field.type === "money" ? "$0.01" : "10";
  return (
    <form onSubmit={submit} className="flex items-end gap-1 px-1">
      <TextField
        label={`${field.label} from`}
        hideLabel
        placeholder={`≥ ${example}`}
        value={lo}
        onChange={setLo}
        className="flex-1"
      />
      <TextField
        label={`${field.label} to`}
        hideLabel
        placeholder={`≤ ${example}`}
        value={hi}
        onChange={setHi}
        className="flex-1"
      />
      <Button
        type="submit"
        size="compact"
        className="h-control!"
        isDisabled={isWrong || (lo === ends.lo && hi === ends.hi)}
      >
        Set
      </Button>
    </form>
  );
}
