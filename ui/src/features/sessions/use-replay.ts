// The player of a session: it waits from message to message; between two of them nothing runs.
import { useCallback, useEffect, useMemo, useState } from "react";
import type { Turn } from "./session-queries";
import { scheduleOf, type Moment, type Shown, shownAfter } from "./schedule";

export const SPEEDS = ["1", "4", "max"] as const;
export type Speed = (typeof SPEEDS)[number];
/** At full speed one still sees that messages come one after the other. */
const MAX_STEP_MS = 250;

export interface Replay {
  isOn: boolean;
  isPlaying: boolean;
  speed: Speed;
  /** Messages that are there. */
  count: number;
  total: number;
  setSpeed(speed: Speed): void;
  /** Plays from the beginning, goes on, or pauses. */
  toggle(): void;
  step(): void;
  stop(): void;
  shown(turn: number): Shown;
  /** Turn of the message that came last. */
  latest: number;
}

const EVERYTHING: Shown = { asked: true, answered: true };

export function useReplay(turns: readonly Turn[]): Replay {
  const moments = useMemo(() => scheduleOf(turns), [turns]);
  const [count, setCount] = useState<number | null>(null);
  const [isPlaying, setPlaying] = useState(false);
  const [speed, setSpeed] = useState<Speed>("4");
  const isOn = count !== null;
  const isDone = isOn && count >= moments.length;
  useEffect(() => {
    if (!isPlaying || count === null || isDone) return;
    const timer = setTimeout(() => setCount(count + 1), waitOf(moments, count, speed));
    return () => clearTimeout(timer);
  }, [isPlaying, isDone, count, moments, speed]);

  const toggle = useCallback(() => {
    if (!isOn || isDone) setCount(1);
    setPlaying(!isOn || isDone || !isPlaying);
  }, [isOn, isDone, isPlaying]);
  const step = useCallback(() => {
    setPlaying(false);
    setCount((before) => Math.min((before ?? 0) + 1, moments.length));
  }, [moments.length]);
  const stop = useCallback(() => {
    setPlaying(false);
    setCount(null);
  }, []);
  const shown = useCallback(
    (turn: number) => (count === null ? EVERYTHING : shownAfter(moments, count, turn)),
    [count, moments],
  );
  return {
    isOn,
    isPlaying: isPlaying && !isDone,
    speed,
    count: count ?? moments.length,
    total: moments.length,
    setSpeed,
    toggle,
    step,
    stop,
    shown,
    latest: count === null || count === 0 ? 0 : (moments[count - 1]?.turn ?? 0),
  };
}

/** Milliseconds until message number `count` comes. */
export function waitOf(moments: readonly Moment[], count: number, speed: Speed): number {
  if (speed === "max") return MAX_STEP_MS;
  const gap = (moments[count]?.at ?? 0) - (moments[count - 1]?.at ?? 0);
  return gap / Number(speed);
}
