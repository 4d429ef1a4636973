// What a key press is called, and when bare keys belong to somebody else.

const MAC = typeof navigator !== "undefined" && /mac|iphone|ipad/i.test(navigator.platform);
const BARE = /^(?:shift\+)?.$/u;

/** "shift+J", "J" and "Shift+j" are one; "mod+K" and "mod+k" too. Signs such as "?" know no shift. */
export function normalize(step: string): string {
  const parts = step.split(/\+(?=.)/u);
  const key = parts.pop() ?? "";
  const mods = new Set(parts.map((part) => part.toLowerCase()));
  const isLetter = key.length === 1 && key.toLowerCase() !== key.toUpperCase();
  if (isLetter && key !== key.toLowerCase() && !mods.has("mod")) mods.add("shift");
  if (key.length === 1 && !isLetter && !/\d/.test(key)) mods.delete("shift");
  return [...["mod", "alt", "shift"].filter((mod) => mods.has(mod)), key.toLowerCase()].join("+");
}

export function stepsOf(shortcut: string): string[] {
  return shortcut === " " ? [" "] : shortcut.split(" ").map(normalize);
}

/** The name of what was pressed, or null for a lone modifier, a dead key or a text that is being composed. */
export function pressed(event: KeyboardEvent): string | null {
  const { key } = event;
  if (
    event.isComposing ||
    key === "Dead" ||
    key === "Unidentified" ||
    /^(?:Control|Shift|Alt|AltGraph|Meta)$/.test(key)
  )
    return null;
  // AltGr types characters; Windows reports it as ctrl and alt.
  const altGraph = event.getModifierState?.("AltGraph") ?? false;
  const mod = !altGraph && (MAC ? event.metaKey : event.ctrlKey);
  if (!altGraph && (MAC ? event.ctrlKey : event.metaKey)) return null;
  const alt = !altGraph && event.altKey;
  if (alt && key.startsWith("Arrow")) return null;
  const steps = [
    mod && "mod",
    alt && "alt",
    event.shiftKey && "shift",
    key.length === 1 ? key.toLowerCase() : key,
  ];
  return normalize(steps.filter(Boolean).join("+"));
}

/** A single character, which WCAG 2.1.4 wants to be switched off by those who dictate. */
export const isBare = (step: string): boolean => BARE.test(step);

function isTyping(target: Element): boolean {
  if (target instanceof HTMLInputElement)
    return !/^(?:checkbox|radio|button|submit|reset|range|color|file)$/.test(target.type);
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target as HTMLElement).isContentEditable === true
  );
}

const OWNERS = "[role=menu],[role=listbox],[role=combobox],[role=application],[data-keys=own]";
const ARROW_OWNERS =
  "[role=tablist],[role=radiogroup],[role=slider],[role=separator],[role=tree],[role=toolbar],[type=radio]";
const PRESSABLE =
  "a[href],button,summary,[role=button],[role=menuitem],[role=tab],[role=switch],[role=checkbox],input";

/** Whether what has the focus wants this key for itself. */
export function belongsToFocus(step: string, target: EventTarget | null): boolean {
  const element = target instanceof Element ? target : null;
  if (!element) return false;
  const key = step.replace(/^(?:shift\+)/, "");
  if (step.startsWith("mod+") || key === "escape") return false;
  if (isTyping(element) || element.closest(OWNERS)) return true;
  if (/^(?:enter| )$/.test(key)) return element.matches(PRESSABLE);
  return /^(?:arrow|home|end|page)/.test(key) && element.closest(ARROW_OWNERS) !== null;
}

/** Whether a modal dialog or an open menu covers the page. */
export function isCovered(): boolean {
  return document.querySelector("[role=dialog]:not([data-page]),[role=alertdialog],[role=menu]") !== null;
}
