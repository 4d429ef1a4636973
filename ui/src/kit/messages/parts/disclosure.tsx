// A line that opens. The browser's own element: its search finds what is folded, and printing can open it.
import clsx from "clsx";
import { ChevronRight, type LucideIcon } from "lucide-react";
import { useState, type ReactElement, type ReactNode } from "react";

export interface DisclosureProps {
  icon?: LucideIcon;
  title: ReactNode;
  note?: ReactNode;
  isOpen?: boolean;
  tone?: "danger";
  children: ReactNode;
}

export function Disclosure({
  icon: Icon,
  title,
  note,
  isOpen = false,
  tone,
  children,
}: DisclosureProps): ReactElement {
  const [open, setOpen] = useState(isOpen);
  return (
    <details open={open} onToggle={(event) => setOpen(event.currentTarget.open)} className="group min-w-0">
      <summary className="flex min-h-6 cursor-pointer list-none items-center gap-1.5 rounded-control text-table text-2 select-none hover:text-1 [&::-webkit-details-marker]:hidden">
        <ChevronRight
          size={12}
          aria-hidden
          className={clsx("shrink-0 transition-transform", open && "rotate-90")}
        />
        {Icon && (
          <Icon size={14} aria-hidden className={clsx("shrink-0", tone === "danger" && "text-danger")} />
        )}
        <span className={clsx("min-w-0 truncate font-medium", tone === "danger" && "text-danger")}>
          {title}
        </span>
        {note && <span className="shrink-0 text-3">{note}</span>}
      </summary>
      {open && <div className="mt-1 min-w-0 pl-4.5">{children}</div>}
    </details>
  );
}
