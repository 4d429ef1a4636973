// The docked panel at the right of a list: not modal, as wide as the reader likes, a full sheet on a phone.
import { Maximize2, X } from "lucide-react";
import { type KeyboardEvent, type PointerEvent, type ReactElement, type ReactNode, useRef } from "react";
import { IconButton } from "./button";

export interface PeekPanelProps {
  /** Names the panel. */
  label: string;
  title?: ReactNode;
  onClose: () => void;
  onExpand?: () => void;
  actions?: ReactNode;
  /** Share of the row in per cent, 25 to 80. */
  width: number;
  onWidth: (width: number) => void;
  children: ReactNode;
}

const clamp = (width: number): number => Math.min(80, Math.max(25, Math.round(width)));

export function PeekPanel({
  label,
  title,
  onClose,
  onExpand,
  actions,
  width,
  onWidth,
  children,
}: PeekPanelProps): ReactElement {
  const panel = useRef<HTMLElement>(null);

  function drag(event: PointerEvent<HTMLDivElement>): void {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const row = panel.current?.parentElement?.getBoundingClientRect();
    if (row && row.width > 0) onWidth(clamp(((row.right - event.clientX) / row.width) * 100));
  }
  function step(event: KeyboardEvent<HTMLDivElement>): void {
    const by = { ArrowLeft: 2, ArrowRight: -2, Home: 80, End: -80 }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    onWidth(clamp(width + by));
  }
  return (
    <aside
      ref={panel}
      aria-label={label}
      style={{ "--peek": `${clamp(width)}%` } as Record<string, string>}
      className="relative flex min-w-0 shrink-0 flex-col border-l border-line bg-bg max-md:fixed max-md:inset-0 max-md:z-20 md:w-(--peek)"
    >
      {/* A separator that moves is focusable by its role; the rule knows only plain separators. */}
      <div
        role="separator"
        aria-orientation="vertical"
        aria-label={`Width of ${label}`}
        aria-valuenow={clamp(width)}
        aria-valuemin={25}
        aria-valuemax={80}
        tabIndex={0}
        onKeyDown={step}
        onPointerDown={(event) => event.currentTarget.setPointerCapture(event.pointerId)}
        onPointerMove={drag}
        className="absolute inset-y-0 -left-1 z-10 w-2 cursor-col-resize touch-none hover:bg-sel focus-visible:bg-sel max-md:hidden"
      />
      <header className="flex h-10 shrink-0 items-center gap-1 border-b border-line px-2">
        <div className="min-w-0 flex-1 truncate px-1 font-medium">{title}</div>
        {actions}
        {onExpand && <IconButton label="Open as page" icon={Maximize2} shortcut="e" onPress={onExpand} />}
        <IconButton label="Close" icon={X} shortcut="Escape" onPress={onClose} />
      </header>
      <div className="min-h-0 flex-1 overflow-auto">{children}</div>
    </aside>
  );
}
