// The keyboard of a list. Pure: a key and what may happen.

export type ListAction =
  | "down"
  | "up"
  | "left"
  | "right"
  | "first"
  | "last"
  | "pageDown"
  | "pageUp"
  | "peek"
  | "page"
  | "tab"
  | "tick"
  | "tickRange"
  | "tickAll"
  | "filterFor"
  | "filterOut"
  | "copyCell"
  | "copyId"
  | "menu"
  | "close"
  | "top";

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/** Keys of the focused grid: the bare letters of the whole page and what a grid needs besides. */
export function actionOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Key): ListAction | null {
  if (altKey) return null;
  if (key === "ContextMenu" || (shiftKey && key === "F10")) return "menu";
  if (ctrlKey || metaKey) {
    if (key === "Enter") return "tab";
    if (key === "Home") return "first";
    if (key === "End") return "last";
    return key === "a" ? "tickAll" : null;
  }
  switch (key) {
    case "j":
    case "ArrowDown":
      return "down";
    case "k":
    case "ArrowUp":
      return "up";
    // With shift they move the time range.
    case "ArrowLeft":
      return shiftKey ? null : "left";
    case "ArrowRight":
      return shiftKey ? null : "right";
    case "Home":
      return "first";
    case "End":
      return "last";
    case "PageDown":
      return "pageDown";
    case "PageUp":
      return "pageUp";
    case "Enter":
      return "peek";
    case "e":
      return "page";
    case "o":
      return "page";
    case "x":
    case " ":
      return shiftKey ? "tickRange" : "tick";
    case "X":
      return "tickRange";
    case "f":
      return "filterFor";
    case "F":
      return "filterOut";
    case "m":
      return "menu";
    case "Y":
      return "copyId";
    case "Escape":
      return "close";
    default:
      return null;
  }
}
