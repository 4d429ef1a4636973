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
  /** Undefined while it is asked for; null where the server has nothing; unknown where it did not answer. */
  glance: Glance | null | undefined | "unknown";
}): ReactElement {
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
      {glance !== "unknown" && <LastDay glance={glance} />}
    </Link>
  );
}

function LastDay({ glance }: { glance: Glance | null | undefined }): ReactElement {
  if (glance === undefined)
    return (
      <>
        <span className="mt-3 block h-8">
          <Skeleton height="2rem" />
        </span>
        <span className="mt-3 block text-table">
          <Skeleton width="12rem" />
        </span>
      </>
    );
  const { traces24h = 0, errors24h = 0, cost24h = 0, lastEventAt, sparkline = [] } = glance ?? {};
  return (
    <>
      <span className="mt-3 block h-8">
        {traces24h > 0 && <Sparkline values={sparkline} label="Traces an hour" width={240} height={32} />}
      </span>
      <span className="tabular mt-3 flex flex-wrap items-center gap-x-3 text-table text-2">
        <span>{formatCount(traces24h)} traces</span>
        {errors24h > 0 && <span className="text-danger">{formatCount(errors24h)} with errors</span>}
        {!!cost24h && <span>{formatCost(cost24h)}</span>}
        <span className="ml-auto text-3">{lastEventAt ? formatRelative(lastEventAt) : "Nothing yet"}</span>
      </span>
    </>
  );
}
