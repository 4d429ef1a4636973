// Keys as people see them on their keyboard: "mod+K" is Cmd on a Mac and Ctrl elsewhere.
import clsx from "clsx";
import type { ReactElement } from "react";

const MAC = typeof navigator !== "undefined" && /mac|iphone|ipad/i.test(navigator.platform);
const NAMES: Record<string, string> = {
  mod: MAC ? "\u2318" : "Ctrl",
  shift: "Shift",
  alt: MAC ? "\u2325" : "Alt",
  enter: "Enter",
  escape: "Esc",
  arrowleft: "\u2190",
  arrowright: "\u2192",
  arrowup: "\u2191",
  arrowdown: "\u2193",
};

/** "mod+K" -> ["Ctrl", "K"]; "g t" -> ["G", "then", "T"]. */
export function keyNames(keys: string): string[] {
  return keys
    .split(" ")
    .flatMap((step, index) => [
      ...(index > 0 ? ["then"] : []),
      ...step
        .split(/\+(?=.)/)
        .map((key) => NAMES[key.toLowerCase()] ?? (key.length === 1 ? key.toUpperCase() : key)),
    ]);
}

export function Kbd({ keys, inverse }: { keys: string; inverse?: boolean }): ReactElement {
  return (
    <span className="inline-flex shrink-0 items-center gap-1">
      {keyNames(keys).map((name, index) =>
        name === "then" ? (
          <span key={index} className="text-caption opacity-80">
            then
          </span>
        ) : (
          <kbd
            key={index}
            className={clsx(
              "min-w-4 rounded-control border px-1 text-center text-caption",
              inverse ? "border-current" : "border-line bg-s1 text-2",
            )}
          >
            {name}
          </kbd>
        ),
      )}
    </span>
  );
}
