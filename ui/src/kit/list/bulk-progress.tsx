// Jobs that work on the rows of this list: how far they are, a way to stop them, and how they ended.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import clsx from "clsx";
import { X } from "lucide-react";
import { useEffect, useState, type ReactElement } from "react";
import { useCan } from "@/api";
import { Button, errorText, IconButton, ProgressBar, toast } from "@/design";
import { bulkJobsQuery, isActive, sayJob, stopBulkJob, type BulkJob } from "./bulk-jobs";
import type { Entity } from "./api";

type Props = { project: string; entity: Entity; onEnd: () => void };

export function BulkProgress({ project, entity, onEnd }: Props): ReactElement | null {
  const { data } = useQuery(bulkJobsQuery(project));
  const [dismissed, setDismissed] = useState<ReadonlySet<string>>(new Set());
  // Those that end while somebody watches are told of; how older ones ended is history.
  const [history, setHistory] = useState<ReadonlySet<string> | null>(null);
  if (data && history === null) setHistory(new Set(data.filter((job) => !isActive(job)).map(({ id }) => id)));
  const mine = (data ?? []).filter((job) => job.entity === entity && !(history?.has(job.id) ?? true));
  const ended = mine.filter((job) => !isActive(job)).length;
  useEffect(() => {
    if (ended > 0) onEnd();
  }, [ended, onEnd]);
  const shown = mine.filter(({ id }) => !dismissed.has(id));
  if (shown.length === 0) return null;
  return (
    <div className="flex shrink-0 flex-col border-b border-line bg-s1">
      {shown.map((job) => (
        <Job
          key={job.id}
          project={project}
          job={job}
          onDismiss={() => setDismissed(new Set([...dismissed, job.id]))}
        />
      ))}
    </div>
  );
}

function Job({
  project,
  job,
  onDismiss,
}: {
  project: string;
  job: BulkJob;
  onDismiss: () => void;
}): ReactElement {
  const queries = useQueryClient();
  const canStop = useCan("objects:bookmark");
  const text = sayJob(job);
  const stop = (): void => {
    stopBulkJob(project, job.id).then(
      () => queries.invalidateQueries({ queryKey: bulkJobsQuery(project).queryKey }),
      (error: Error) => toast({ title: errorText(error), tone: "danger" }),
    );
  };
  return (
    <div className="flex min-h-8 items-center gap-3 px-3 py-1">
      <p role="status" className={clsx("tabular min-w-0", job.status === "failed" && "text-danger")}>
        {text}
      </p>
      {isActive(job) ? (
        <>
          <div className="min-w-20 flex-1">
            <ProgressBar
              label={text}
              hideLabel
              value={job.status === "queued" ? undefined : (job.done / job.count) * 100}
            />
          </div>
          {canStop && job.status !== "stopping" && (
            <Button size="compact" onPress={stop}>
              Stop
            </Button>
          )}
        </>
      ) : (
        <>
          <span className="flex-1" />
          <IconButton size="compact" label="Dismiss" icon={X} onPress={onDismiss} />
        </>
      )}
    </div>
  );
}
