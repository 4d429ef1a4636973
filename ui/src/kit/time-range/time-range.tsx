// The time range button and its panel: presets, free text, a calendar with times, recent ranges, shift and widen.
import { CalendarClock, ChevronLeft, ChevronRight, ZoomOut } from "lucide-react";
import { lazy, Suspense, useState, type FormEvent, type ReactElement } from "react";
import { Button, IconButton, Popover, Skeleton, TextField } from "@/design";
import { firstDayOfWeek } from "../format";
import { useCommands } from "../registry";
import { labelRange } from "./label";
import {
  parseRange,
  presetsFor,
  printRange,
  readRange,
  shiftRange,
  widenRange,
  DEFAULT_RANGE,
  type Range,
} from "./range";
import { recentRanges, rememberRange } from "./recent";
import { displayZone } from "./use-range";

// The calendar is large, and rarely needed.
const Instants = lazy(() => import("./instants"));

export type TimeRangeProps = {
  /** The text of the address. */
  value: string;
  onChange: (value: string) => void;
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
};

export function TimeRange({ value, onChange, isOpen, onOpenChange }: TimeRangeProps): ReactElement {
  const range = parseRange(value) ?? parseRange(DEFAULT_RANGE)!;
  const zone = displayZone();
  const choose = (next: Range): void => {
    const text = printRange(next);
    if (next.kind === "absolute") rememberRange(text);
    onChange(text);
  };
  const isBounded = range.kind !== "all";
  const earlier = (): void => choose(shiftRange(range, -1, Date.now(), zone));
  const later = (): void => choose(shiftRange(range, 1, Date.now(), zone));
  const widen = (): void => choose(widenRange(range, Date.now(), zone));
  useCommands([
    isBounded && {
      id: "range.earlier",
      title: "Earlier stretch of time",
      shortcut: "shift+ArrowLeft",
      run: earlier,
    },
    range.kind === "absolute" && {
      id: "range.later",
      title: "Later stretch of time",
      shortcut: "shift+ArrowRight",
      run: later,
    },
    isBounded && { id: "range.widen", title: "Widen the time range", shortcut: "-", run: widen },
  ]);
  return (
    <div className="flex min-w-0 items-center">
      {isBounded && (
        <IconButton
          label="Earlier"
          shortcut="shift+ArrowLeft"
          icon={ChevronLeft}
          onPress={earlier}
          className="max-sm:hidden"
        />
      )}
      <Popover
        label="Time range"
        placement="bottom end"
        isOpen={isOpen}
        onOpenChange={onOpenChange}
        className="w-144"
        trigger={
          <Button
            icon={CalendarClock}
            aria-label={`Time range: ${labelRange(range, zone)}`}
            className="min-w-0 shrink!"
          >
            <span className="truncate">{labelRange(range, zone)}</span>
          </Button>
        }
      >
        {({ close }) => (
          <Panel
            value={value}
            range={range}
            onChoose={(next) => {
              choose(next);
              close();
            }}
          />
        )}
      </Popover>
      {range.kind === "absolute" && (
        <IconButton
          label="Later"
          shortcut="shift+ArrowRight"
          icon={ChevronRight}
          onPress={later}
          className="max-sm:hidden"
        />
      )}
      {isBounded && (
        <IconButton label="Widen" shortcut="-" icon={ZoomOut} onPress={widen} className="max-sm:hidden" />
      )}
    </div>
  );
}

function Panel({
  value,
  range,
  onChoose,
}: {
  value: string;
  range: Range;
  onChoose: (range: Range) => void;
}): ReactElement {
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string>();
  const recent = recentRanges().flatMap((text) => parseRange(text) ?? []);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const found = readRange(typed, Date.now());
    if (found) onChoose(found);
    else setProblem("Write a duration such as 90m, a day such as yesterday, or a time.");
  };
  return (
    <div className="flex gap-4 max-sm:flex-col">
      <ul
        aria-label="Presets"
        className="flex w-32 shrink-0 flex-col max-sm:w-full max-sm:flex-row max-sm:flex-wrap"
      >
        {presetsFor(firstDayOfWeek()).map(([token, label]) => (
          <li key={token}>
            <Button
              variant="quiet"
              aria-pressed={value === token}
              className={value === token ? "w-full justify-start! bg-sel! text-1!" : "w-full justify-start!"}
              onPress={() => onChoose(parseRange(token)!)}
            >
              {label}
            </Button>
          </li>
        ))}
      </ul>
      <div className="flex min-w-0 flex-1 flex-col gap-3">
        <form onSubmit={submit} className="flex items-end gap-2">
          <TextField
            label="Last, or at"
            placeholder="90m, 3d, yesterday, mon..now, 2026-11-01"
            value={typed}
            onChange={setTyped}
            error={problem}
            autoFocus
            className="flex-1"
          />
          <Button type="submit">Go</Button>
        </form>
        <Suspense fallback={<Skeleton height="22rem" />}>
          <Instants range={range} onChoose={onChoose} />
        </Suspense>
        {recent.length > 0 && (
          <div>
            <p className="mb-1 text-caption font-semibold text-3">Recent</p>
            <ul>
              {recent.map((known) => (
                <li key={printRange(known)}>
                  <Button variant="quiet" size="compact" onPress={() => onChoose(known)}>
                    {labelRange(known, displayZone())}
                  </Button>
                </li>
              ))}
            </ul>
          </div>
        )}
      </div>
    </div>
  );
}
