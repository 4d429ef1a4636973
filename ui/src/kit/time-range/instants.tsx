// A stretch of time by the calendar and by the clock, in local time or in UTC.
import type { CalendarDateTime } from "@internationalized/date";
import { useState, type FormEvent, type ReactElement } from "react";
import { Button, DateTimeField, RangeCalendar, Segmented } from "@/design";
import { displayClock, firstDayOfWeek } from "../format";
import { clockTime, daysOf, instantOf, wholeDays } from "./days";
import { zoneName } from "./label";
import { resolveRange, type Range, type Zone } from "./range";
import { displayZone } from "./use-range";

const DAY = 86_400_000;
const clock = (): number => Date.now();
const ianaZone = (zone: Zone): string =>
  zone === "UTC" ? "UTC" : Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

type Times = { from: CalendarDateTime | null; to: CalendarDateTime | null };

export default function Instants({
  range,
  onChoose,
}: {
  range: Range;
  onChoose: (range: Range) => void;
}): ReactElement {
  const [zone, setZone] = useState<Zone>(displayZone);
  const [now] = useState(clock);
  const iana = ianaZone(zone);
  const [times, setTimes] = useState<Times>(() => {
    const known = resolveRange(range, now, zone);
    return { from: clockTime(known.from ?? now - DAY, iana), to: clockTime(known.to ?? now, iana) };
  });
  const ends = times.from && times.to && { from: instantOf(times.from, iana), to: instantOf(times.to, iana) };
  const isSound = ends !== null && ends.from < ends.to;
  const { hour12 } = displayClock();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (isSound) onChoose({ kind: "absolute", ...ends });
  };
  // The same instants on the other clock.
  const switchZone = (next: Zone): void => {
    const other = ianaZone(next);
    const shown = (time: CalendarDateTime | null) => time && clockTime(instantOf(time, iana), other);
    setTimes({ from: shown(times.from), to: shown(times.to) });
    setZone(next);
  };
  return (
    <form onSubmit={submit} className="flex flex-col gap-2">
      <RangeCalendar
        label="Days"
        value={isSound ? daysOf(ends, iana) : null}
        onChange={(days) => setTimes(wholeDays(days))}
        firstDay={firstDayOfWeek()}
        className="self-center"
      />
      <div className="flex gap-2 max-sm:flex-col">
        <DateTimeField
          label="From"
          value={times.from}
          onChange={(from) => setTimes({ ...times, from })}
          hour12={hour12}
          className="min-w-0 flex-1"
        />
        <DateTimeField
          label="To"
          value={times.to}
          onChange={(to) => setTimes({ ...times, to })}
          hour12={hour12}
          className="min-w-0 flex-1"
        />
      </div>
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
      {!isSound && (
        <p role="alert" className="text-table text-danger">
          {ends === null ? "A day or a time is missing." : "The start must come before the end."}
        </p>
      )}
    </form>
  );
}
