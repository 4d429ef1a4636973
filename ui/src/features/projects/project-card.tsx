// One project of the picker: its last day at a glance.
import type { ReactElement } from "react";
import type { BootProject } from "@/api";
import { Link, Skeleton } from "@/design";
import { Sparkline } from "@/kit/chart";
import { formatCost, formatCount, formatRelative } from "@/kit/format";
import { paths } from "@/kit/url";
import type { Glance } from "./queries";

export function ProjectCard({
  project,
  glance,
}: {
  project: BootProject;
  /** Undefined while it is asked for; null where the server has nothing. */
  glance: Glance | null | undefined;
}): ReactElement {
  const last = glance?.lastEventAt;
  return (
    <Link
      look="plain"
      data-project
      href={paths.home(project.id)}
      className="block min-w-0 rounded-card! border border-line bg-bg p-4 data-hovered:border-strong data-hovered:bg-s1"
    >
      <span className="flex items-center justify-between gap-2">
        <span className="min-w-0 truncate text-form font-semibold">{project.name}</span>
        <span className="shrink-0 text-table text-3">{project.role?.toLowerCase()}</span>
      </span>
      <span className="mt-3 block h-8">
        {glance === undefined ? (
          <Skeleton height="2rem" />
        ) : (
          glance &&
          glance.traces24h > 0 && (
            <Sparkline values={glance.sparkline} label="Traces an hour" width={240} height={32} />
          )
        )}
      </span>
      <span className="tabular mt-3 flex flex-wrap items-center gap-x-3 text-table text-2">
        {glance === undefined ? (
          <Skeleton width="12rem" />
        ) : (
          <>
            <span>{formatCount(glance?.traces24h ?? 0)} traces</span>
            {!!glance?.errors24h && (
              <span className="text-danger">{formatCount(glance.errors24h)} with errors</span>
            )}
            {!!glance?.cost24h && <span>{formatCost(glance.cost24h)}</span>}
            <span className="ml-auto text-3">{last ? formatRelative(last) : "Nothing yet"}</span>
          </>
        )}
      </span>
    </Link>
  );
}
