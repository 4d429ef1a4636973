// Progress of a job; without a value it only says that something runs.
import clsx from "clsx";
import type { ReactElement } from "react";
import { Label, ProgressBar as AriaProgressBar } from "react-aria-components";

export function ProgressBar({
  label,
  value,
  hideLabel,
}: {
  label: string;
  value?: number;
  hideLabel?: boolean;
}): ReactElement {
  return (
    <AriaProgressBar value={value ?? 0} isIndeterminate={value === undefined} className="flex flex-col gap-1">
      {({ percentage, valueText, isIndeterminate }) => (
        <>
          <span className={clsx("flex justify-between gap-2 text-table text-2", hideLabel && "sr-only")}>
            <Label>{label}</Label>
            <span className="tabular">{valueText}</span>
          </span>
          <span className="h-1 overflow-hidden rounded-chip bg-s2">
            <span
              className={clsx("block h-full bg-accent", isIndeterminate && "animate-pulse")}
              style={{ width: `${isIndeterminate ? 100 : percentage}%` }}
            />
          </span>
        </>
      )}
    </AriaProgressBar>
  );
}

/** A thin line over content that is being reloaded. */
export function ProgressLine({ isActive }: { isActive: boolean }): ReactElement {
  return (
    <span aria-hidden className={clsx("block h-0.5 bg-accent", isActive ? "animate-pulse" : "invisible")} />
  );
}
