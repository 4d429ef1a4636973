// The crosshair of one chart: where it stands here, and whether this chart moves it.
import { useCallback, useId } from "react";
import { useCrosshair } from "./crosshair";
import { bucketAt } from "./buckets";
import type { Prepared } from "./prepare";

export function useCrosshairOf(key: string, prepared: Prepared) {
  const id = useId();
  const [crosshair, setCrosshair] = useCrosshair(key);
  const point = useCallback(
    (place: number) => setCrosshair({ at: prepared.times[place] ?? 0, by: id }),
    [prepared, id, setCrosshair],
  );
  const leave = useCallback(() => setCrosshair(null), [setCrosshair]);
  return {
    place: crosshair ? bucketAt(prepared, crosshair.at) : -1,
    isMine: crosshair?.by === id,
    point,
    leave,
  };
}
