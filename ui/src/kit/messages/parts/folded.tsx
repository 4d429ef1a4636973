// Long content is cut at a number of lines, with a button that says how much there is.
import clsx from "clsx";
import { useState, type ReactElement, type ReactNode } from "react";
import { Button } from "@/design";
import { formatCount } from "@/kit/format";
import { useIsPrinting } from "@/kit/print";

export const FOLD = { system: 6, other: 40 };
/** About a line of the reading column. */
const LINE = 100;
/** While it is folded, no more of a text than this is rendered. */
const HEAD = 12_000;

export function countLines(text: string): number {
  let lines = 0;
  for (const line of text.split("\n")) lines += Math.max(1, Math.ceil(line.length / LINE));
  return lines;
}

export interface FoldedProps {
  text: string;
  lines: number;
  children: (text: string) => ReactNode;
}

export function Folded({ text, lines, children }: FoldedProps): ReactElement {
  const [isOpened, setOpen] = useState(false);
  const isPrinting = useIsPrinting();
  const open = isOpened || isPrinting;
  const total = countLines(text);
  // A fold that hides two lines costs more than it saves.
  if (total <= lines + 2) return <>{children(text)}</>;
  return (
    <div>
      <div
        className={clsx(!open && "overflow-hidden")}
        style={open ? undefined : { maxHeight: `${lines}lh` }}
      >
        {children(open ? text : text.slice(0, HEAD))}
      </div>
      <Button
        variant="quiet"
        size="compact"
        aria-expanded={open}
        onPress={() => setOpen(!open)}
        data-chrome
        className="mt-1 -ml-2"
      >
        {open ? "Show less" : `Show all ${formatCount(total)} lines, ${formatCount(text.length)} characters`}
      </Button>
    </div>
  );
}
