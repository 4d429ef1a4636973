// One registry of commands feeds the palette, the keyboard and the shortcuts sheet, so that none of them can rot.
import type { LucideIcon } from "lucide-react";
import { useEffect, useLayoutEffect, useRef, useSyncExternalStore } from "react";
import { belongsToFocus, isBare, isCovered, pressed, stepsOf } from "./keys";

export interface Command {
  /** Stable and unique, such as "traces.columns". A later one of the same id hides the earlier. */
  id: string;
  title: string;
  /** Heading in palette and sheet. Page commands leave it out: "On this page". */
  group?: string;
  /** "mod+K", "g t" (one after the other), "shift+x", "?", "ArrowLeft", or several that do the same. */
  shortcut?: string | readonly string[];
  /** More words to find it by. */
  keywords?: string;
  icon?: LucideIcon;
  /** Only by key and in the sheet, not in the palette: moving around, closing. */
  keyOnly?: boolean;
  /** Also while a dialog is open. */
  inDialog?: boolean;
  /** Also while typing. Chords with mod and Escape work there anyway. */
  whileTyping?: boolean;
  /** false: as if it was not there. Asked at the key press. */
  when?: () => boolean;
  run: (event?: KeyboardEvent) => void;
}

export const PAGE_GROUP = "On this page";

interface Entry {
  current: Command;
}

let entries: readonly Entry[] = [];
let listed: readonly Command[] = [];
let bareKeys = true;
const listeners = new Set<() => void>();

function changed(next: readonly Entry[]): void {
  entries = next;
  const byId = new Map<string, Command>();
  for (const { current } of entries) byId.set(current.id, current);
  listed = [...byId.values()];
  for (const listener of listeners) listener();
}

/** Registers outside of React; gives back a function that takes the command away. */
export function addCommand(command: Command): () => void {
  const entry: Entry = { current: command };
  changed([...entries, entry]);
  return () => changed(entries.filter((other) => other !== entry));
}

const face = ({ id, title, group, shortcut, keywords, keyOnly }: Command): string =>
  JSON.stringify([id, title, group, shortcut, keywords, keyOnly]);

/** Registers commands while the component is there. `run` and `when` may be new functions at each render. */
export function useCommands(commands: readonly (Command | false | null | undefined)[]): void {
  const active = commands.filter((command): command is Command => !!command);
  const latest = useRef(active);
  // With what is drawn, not a moment later: the next key may come at once.
  useLayoutEffect(() => {
    latest.current = active;
  });
  // Registered anew only when what people see of the commands changes; `run` is looked up when it is needed.
  const faces = active.map(face).join("\n");
  useEffect(() => {
    const added = latest.current.map((first, index): Entry => {
      const now = (): Command | undefined => latest.current[index];
      return {
        current: { ...first, run: (event) => now()?.run(event), when: () => now()?.when?.() ?? true },
      };
    });
    if (faces === "") return;
    changed([...entries, ...added]);
    return () => changed(entries.filter((entry) => !added.includes(entry)));
  }, [faces]);
}

/** Registers one command; null or false registers nothing. */
export function useCommand(command: Command | false | null | undefined): void {
  useCommands([command]);
}

/** All commands of this moment, in the order of their registration. */
export function useCommandList(): readonly Command[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => listed,
    () => listed,
  );
}

export const commandList = (): readonly Command[] => listed;

export const shortcutsOf = (command: Command): readonly string[] =>
  command.shortcut === undefined
    ? []
    : typeof command.shortcut === "string"
      ? [command.shortcut]
      : command.shortcut;

/** Single-character shortcuts on or off (Account, Preferences). */
export function setBareKeys(on: boolean): void {
  bareKeys = on;
}

let begun: { step: string; at: number } | null = null;

function find(step: string, event: KeyboardEvent, covered: boolean): { command?: Command; isStart: boolean } {
  const before = begun && Date.now() - begun.at < 1200 ? begun.step : null;
  let isStart = false;
  for (const { current: command } of entries.toReversed()) {
    if (covered && !command.inDialog) continue;
    if (!command.whileTyping && belongsToFocus(step, event.target)) continue;
    for (const shortcut of shortcutsOf(command)) {
      const steps = stepsOf(shortcut);
      if (!bareKeys && isBare(steps[0]!)) continue;
      const matches =
        steps.length === 1 ? !before && steps[0] === step : steps[0] === before && steps[1] === step;
      if (matches && (command.when?.() ?? true)) return { command, isStart: false };
      if (steps.length === 2 && steps[0] === step) isStart = true;
    }
  }
  return { isStart };
}

/** Runs the command of a key press, if there is one and nobody else wants the key. */
export function handleKey(event: KeyboardEvent): boolean {
  if (event.defaultPrevented) return false;
  const step = pressed(event);
  if (step === null) return false;
  const covered = isCovered();
  let found = find(step, event, covered);
  if (!found.command && begun) {
    // "g" and then something unknown: the second key counts for itself.
    begun = null;
    found = find(step, event, covered);
  }
  begun = found.isStart && !event.repeat ? { step, at: Date.now() } : null;
  if (!found.command) return false;
  event.preventDefault();
  found.command.run(event);
  return true;
}

/** Listens on the document; gives back a function that stops it. */
export function installShortcuts(): () => void {
  const listener = (event: KeyboardEvent): void => void handleKey(event);
  document.addEventListener("keydown", listener);
  return () => document.removeEventListener("keydown", listener);
}
