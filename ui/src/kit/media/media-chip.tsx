// A file in one line: what it is, how large, and where to get it.
import clsx from "clsx";
import { Download, type LucideIcon } from "lucide-react";
import type { ReactElement } from "react";

export interface MediaChipProps {
  icon: LucideIcon;
  label: string;
  note?: (string | undefined)[];
  download?: { url: string; name: string };
  tone?: "danger";
}

const LOOK =
  "my-1 inline-flex h-control max-w-full items-center gap-1.5 rounded-control border px-2 text-table";

export function MediaChip({ icon: Icon, label, note = [], download, tone }: MediaChipProps): ReactElement {
  const about = note.filter(Boolean).join(" \u00b7 ");
  const inside = (
    <>
      <Icon
        size={14}
        aria-hidden
        className={clsx("shrink-0", tone === "danger" ? "text-danger" : "text-3")}
      />
      <span className="truncate">{label}</span>
      {about && <span className="truncate text-3">{about}</span>}
    </>
  );
  if (!download) return <span className={clsx(LOOK, "border-line text-2")}>{inside}</span>;
  return (
    <a
      href={download.url}
      download={download.name}
      rel="noopener"
      className={clsx(LOOK, "border-strong text-1 hover:bg-s2")}
    >
      {inside}
      <Download size={14} aria-hidden className="shrink-0 text-3" />
      <span className="sr-only">Download</span>
    </a>
  );
}
