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
  | "close"
  | "top";

type Key = Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "altKey">;

/** Keys of the focused grid: the bare letters of the whole page and what a grid needs besides. */
export function actionOf({ key, shiftKey, ctrlKey, metaKey, altKey }: Key): ListAction | null {
  if (altKey) return null;
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
    case "ArrowLeft":
      return "left";
    case "ArrowRight":
      return "right";
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
    case "Y":
      return "copyId";
    case "Escape":
      return "close";
    default:
      return null;
  }
}
