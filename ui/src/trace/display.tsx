// What the rows show: levels, lengths, wrappers, repeats, columns, heat.
import { ListFilter, Settings2 } from "lucide-react";
import { memo, type ReactElement } from "react";

import { Button, Checkbox, IconButton, Popover, Select } from "@/design";
import { formatCount } from "@/kit/format";

import type { Taste } from "./taste";
import type { Viewer } from "./viewer-state";
import { LEVELS } from "./viewer-url";

const SHARES = [
  { id: "0", label: "All" },
  { id: "0.01", label: "At least 1% of the trace" },
  { id: "0.05", label: "At least 5% of the trace" },
  { id: "0.2", label: "At least 20% of the trace" },
] as const;
const LEVEL_NAMES = ["All levels", "Default and above", "Warnings and errors", "Errors"];
const HEATS = [
  { id: "off", label: "Off" },
  { id: "duration", label: "Share of the parent's duration" },
  { id: "cost", label: "Share of the parent's cost" },
] as const;
type Flag = { [K in keyof Taste]: Taste[K] extends boolean ? K : never }[keyof Taste];
const COLUMNS: readonly { id: Flag; label: string }[] = [
  { id: "duration", label: "Duration" },
  { id: "cost", label: "Cost, with everything inside" },
  { id: "tokens", label: "Tokens" },
  { id: "marks", label: "Scores and comments" },
  { id: "minimap", label: "Overview strip" },
  { id: "critical", label: "Critical path in the timeline" },
];

interface DisplayProps extends Pick<Viewer, "taste" | "setTaste" | "setUrl" | "foldSubtree"> {
  min: number;
  hidden: number;
  spans: number;
}

export const Display = memo(function Display(props: DisplayProps) {
  const { hidden } = props;
  return (
    <Popover
      label="What the rows show"
      placement="bottom end"
      className="flex w-72 flex-col gap-3"
      trigger={
        <IconButton
          label={hidden > 0 ? `Display: ${formatCount(hidden)} spans hidden` : "Display"}
          icon={hidden > 0 ? ListFilter : Settings2}
          className={hidden > 0 ? "text-accent!" : undefined}
        />
      }
    >
      <Settings {...props} />
    </Popover>
  );
});

function Settings({ taste, setTaste, setUrl, foldSubtree, min, hidden, spans }: DisplayProps): ReactElement {
  return (
    <>
      <div className="flex gap-2">
        <Button size="compact" onPress={() => foldSubtree(-1, true)}>
          Fold all
        </Button>
        <Button size="compact" onPress={() => foldSubtree(-1, false)}>
          Unfold all
        </Button>
      </div>
      <Select
        label="Levels"
        size="compact"
        value={LEVELS[min]!}
        onChange={(level) => setUrl({ min: LEVELS.indexOf(level) })}
        options={LEVELS.map((id, at) => ({ id, label: LEVEL_NAMES[at]! }))}
      />
      <Select
        label="Length"
        size="compact"
        value={SHARES.find(({ id }) => Number(id) === taste.minShare)?.id ?? "0"}
        onChange={(share) => setTaste({ minShare: Number(share) })}
        options={SHARES}
      />
      <Checkbox isSelected={taste.stepsOnly} onChange={(stepsOnly) => setTaste({ stepsOnly })}>
        Hide wrappers (spans, chains, events)
      </Checkbox>
      <Checkbox isSelected={taste.repeats} onChange={(repeats) => setTaste({ repeats })}>
        Fold repeats into one row
      </Checkbox>
      <fieldset className="flex flex-col gap-1 border-t border-line pt-3">
        <legend className="sr-only">Columns</legend>
        {COLUMNS.map(({ id, label }) => (
          <Checkbox key={id} isSelected={taste[id]} onChange={(on) => setTaste({ [id]: on })}>
            {label}
          </Checkbox>
        ))}
      </fieldset>
      <Select
        label="Heat"
        size="compact"
        value={taste.heat}
        onChange={(heat) => setTaste({ heat })}
        options={HEATS}
      />
      <p className="text-table text-3">
        {formatCount(spans - hidden)} of {formatCount(spans)} spans shown
      </p>
    </>
  );
}
