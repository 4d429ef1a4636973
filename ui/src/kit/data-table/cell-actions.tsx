// What can be done with the value of one cell; stands over the cell under the pointer or the keyboard cursor.
import { Copy, Filter, FilterX, type LucideIcon } from "lucide-react";
import type { ReactElement } from "react";

export type CellAction = "for" | "out" | "copy";
const ACTIONS: [CellAction, string, LucideIcon][] = [
  ["for", "Filter for this value", Filter],
  ["out", "Filter this value out", FilterX],
  ["copy", "Copy value", Copy],
];

/** The buttons are for the pointer: the keyboard has f, shift+f and y, so they stay out of the tab order. */
export function CellActions({
  canFilter,
  onAction,
}: {
  canFilter: boolean;
  onAction: (action: CellAction) => void;
}): ReactElement {
  return (
    <span className="absolute inset-y-0 right-0 my-auto flex h-6 items-center rounded-control border border-line bg-bg shadow-float">
      {ACTIONS.filter(([action]) => canFilter || action === "copy").map(([action, label, Icon]) => (
        <button
          key={action}
          type="button"
          tabIndex={-1}
          title={label}
          aria-label={label}
          className="flex size-6 items-center justify-center rounded-control text-3 hover:bg-s2 hover:text-1"
          onClick={(event) => {
            event.stopPropagation();
            onAction(action);
          }}
        >
          <Icon size={12} aria-hidden />
        </button>
      ))}
    </span>
  );
}
