// Two points in time with the browser's own calendar, read in local time or in UTC.
import { useState, type FormEvent, type ReactElement } from "react";
import { Button, Segmented } from "@/design";
import { zoneName } from "./label";
import { resolveRange, type Range, type Zone } from "./range";
import { displayZone } from "./use-range";

const two = (value: number) => String(value).padStart(2, "0");

/** The text of an <input type="datetime-local">. */
function fieldText(ms: number, zone: Zone): string {
  const date = new Date(ms);
  if (zone === "UTC") return date.toISOString().slice(0, 16);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}T${two(date.getHours())}:${two(date.getMinutes())}`;
}

const clock = (): number => Date.now();

export function Instants({
  range,
  onChoose,
}: {
  range: Range;
  onChoose: (range: Range) => void;
}): ReactElement {
  const [zone, setZone] = useState<Zone>(displayZone);
  const [now] = useState(clock);
  const known = resolveRange(range, now, zone);
  const [from, setFrom] = useState(() => fieldText(known.from ?? now - 86_400_000, zone));
  const [to, setTo] = useState(() => fieldText(known.to ?? now, zone));
  const read = (text: string) => new Date(zone === "UTC" ? `${text}Z` : text).getTime();
  const ends = { from: read(from), to: read(to) };
  const isSound = ends.from < ends.to;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isSound) onChoose({ kind: "absolute", ...ends });
  };
  const switchZone = (next: Zone): void => {
    if (!Number.isNaN(ends.from)) setFrom(fieldText(ends.from, next));
    if (!Number.isNaN(ends.to)) setTo(fieldText(ends.to, next));
    setZone(next);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <Point label="From" value={from} onChange={setFrom} />
      <Point label="To" value={to} onChange={setTo} />
      <div className="flex items-center justify-between gap-2">
        <Segmented
          label="Time zone"
          size="compact"
          value={zone}
          onChange={switchZone}
          options={[
            { id: "local", label: `Local (${zoneName(now, "local")})` },
            { id: "UTC", label: "UTC" },
          ]}
        />
        <Button type="submit" variant="primary" isDisabled={!isSound}>
          Apply
        </Button>
      </div>
      {!isSound && <p className="text-table text-danger">The start must come before the end.</p>}
    </form>
  );
}

type PointProps = { label: string; value: string; onChange: (value: string) => void };

function Point({ label, value, onChange }: PointProps): ReactElement {
  return (
    <label className="flex items-center gap-2">
      <span className="w-10 font-medium">{label}</span>
      <input
        type="datetime-local"
        value={value}
        required
        onChange={(event) => onChange(event.target.value)}
        className="h-control min-w-0 flex-1 rounded-control border border-strong bg-bg px-2 text-form"
      />
    </label>
  );
}
