// Two panes with a separator that moves by pointer and by arrow keys; one above the other when there is little width.
import { type KeyboardEvent, type PointerEvent, type ReactElement, type ReactNode, useRef } from "react";

export interface SplitProps {
  label: string;
  /** Share of the first pane in per cent. */
  share: number;
  onShare: (share: number) => void;
  first: ReactNode;
  second: ReactNode;
}

const LEAST = 20;
const MOST = 80;
const clamp = (share: number) => Math.min(MOST, Math.max(LEAST, Math.round(share)));

export function Split({ label, share, onShare, first, second }: SplitProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  const drag = (event: PointerEvent<HTMLDivElement>) => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const rect = box.current?.getBoundingClientRect();
    if (!rect?.width) return;
    const across = getComputedStyle(box.current!).flexDirection === "row";
    const part = across ? (event.clientX - rect.left) / rect.width : (event.clientY - rect.top) / rect.height;
    onShare(clamp(part * 100));
  };
  const step = (event: KeyboardEvent<HTMLDivElement>) => {
    const by = { ArrowLeft: -2, ArrowUp: -2, ArrowRight: 2, ArrowDown: 2, Home: -MOST, End: MOST }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    onShare(clamp(share + by));
  };
  return (
    <div className="@container min-h-0 min-w-0 flex-1">
      <div
        ref={box}
        data-split
        className="flex h-full min-h-0 min-w-0 flex-col @min-[44rem]:flex-row"
        style={{ "--share": `${clamp(share)}%` } as Record<string, string>}
      >
        <div className="flex min-h-0 min-w-0 shrink-0 basis-(--share) flex-col">{first}</div>
        <div
          role="separator"
          aria-label={label}
          aria-valuenow={clamp(share)}
          aria-valuemin={LEAST}
          aria-valuemax={MOST}
          tabIndex={0}
          data-chrome
          onKeyDown={step}
          onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
          onPointerMove={drag}
          className="hit relative z-10 shrink-0 cursor-row-resize touch-none border-t border-line hover:border-accent focus-visible:border-accent @min-[44rem]:cursor-col-resize @min-[44rem]:border-t-0 @min-[44rem]:border-l"
        />
        <div className="flex min-h-0 min-w-0 flex-1 flex-col">{second}</div>
      </div>
    </div>
  );
}
