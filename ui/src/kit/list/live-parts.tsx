// The live switch of the top bar and the pill of rows that wait.
import { ArrowUp, Pause, Radio } from "lucide-react";
import type { ReactElement } from "react";
import { Button } from "@/design";
import { formatCount } from "../format";
import type { LiveRows } from "./use-live-rows";

type ToggleProps = { live: LiveRows; isWanted: boolean; onToggle: (isOn: boolean) => void };

export function LiveToggle({ live, isWanted, onToggle }: ToggleProps): ReactElement {
  const state = live.isOn ? "Live" : "Paused";
  const effect = live.reason ?? (isWanted ? "pause live updates" : "watch live");
  return (
    <Button
      variant="quiet"
      icon={live.isOn ? Radio : Pause}
      aria-label={`${state}: ${effect}`}
      aria-pressed={live.isOn}
      isDisabled={live.reason !== null}
      onPress={() => onToggle(!isWanted)}
    >
      <span className="max-md:sr-only">{state}</span>
    </Button>
  );
}

type NewRowsProps = { live: LiveRows; noun: string; onShow: () => void };

export function NewRows({ live, noun, onShow }: NewRowsProps): ReactElement {
  const { waiting, isStale } = live;
  const words = isStale ? `New ${noun}` : `${formatCount(waiting)} new`;
  return (
    <div role="status" className="pointer-events-none absolute inset-x-0 top-24 z-20 flex justify-center">
      {(waiting > 0 || isStale) && (
        <span className="pointer-events-auto">
          <Button
            variant="primary"
            size="compact"
            icon={ArrowUp}
            className="rounded-chip! shadow-float"
            onPress={onShow}
          >
            {words}
          </Button>
        </span>
      )}
    </div>
  );
}
