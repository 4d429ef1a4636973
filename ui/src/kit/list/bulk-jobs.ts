// Actions on everything that matches: counted, confirmed, done by a job of the server.
import { queryOptions } from "@tanstack/react-query";
import { api, type Schema } from "@/api";
import { formatCount, formatPlural } from "../format";
import type { Entity, Scope } from "./api";

export type BulkJob = Schema<"BulkJobOut">;
export type BulkJobAction = Schema<"Action">;
export type BulkScore = Schema<"BulkScoreIn">;
export type Counted = Schema<"BulkPreviewOut">;

const JOBS = "/api/ui/projects/{project_id}/{entity}/bulk-jobs";
const ACTIVE = new Set<BulkJob["status"]>(["queued", "running", "stopping"]);

export const isActive = ({ status }: BulkJob): boolean => ACTIVE.has(status);

/** How many rows there are at this moment, and the moment. */
export function countAll(
  project: string,
  entity: Entity,
  scope: Scope,
  signal?: AbortSignal,
): Promise<Counted> {
  return api.post(`${JOBS}/preview`, { path: { project_id: project, entity }, body: scope, signal });
}

export type WhatToDo = { action: BulkJobAction; tag?: string; score?: BulkScore };

export function startBulkJob(
  project: string,
  entity: Entity,
  scope: Scope,
  counted: Counted,
  what: WhatToDo,
): Promise<BulkJob> {
  return api.post(JOBS, { path: { project_id: project, entity }, body: { ...scope, ...counted, ...what } });
}

export function stopBulkJob(project: string, id: string): Promise<BulkJob> {
  return api.post("/api/ui/projects/{project_id}/bulk-jobs/{bulk_job_id}/cancel", {
    path: { project_id: project, bulk_job_id: id },
  });
}

/** Asked again each second as long as one of them is at work. */
export const bulkJobsQuery = (project: string) =>
  queryOptions({
    queryKey: ["bulk-jobs", project],
    queryFn: async ({ signal }) => {
      const path = { project_id: project };
      return (await api.get("/api/ui/projects/{project_id}/bulk-jobs", { path, signal })).data;
    },
    refetchInterval: ({ state }) => (state.data?.some(isActive) ? 1000 : false),
  });

const DOING: Record<BulkJobAction, [doing: string, done: string]> = {
  delete: ["Deleting", "Deleted"],
  tag: ["Tagging", "Tagged"],
  untag: ["Removing the tag from", "Removed the tag from"],
  bookmark: ["Bookmarking", "Bookmarked"],
  unbookmark: ["Removing the bookmark of", "Removed the bookmark of"],
  score: ["Scoring", "Scored"],
};

/** "Deleting traces: 500 of 12,034", "Deleted 12,034 traces", "Stopped: deleted 500 of 12,034 traces". */
export function sayJob({ action, entity, status, done, count, lastError }: BulkJob): string {
  const [doing, finished] = DOING[action];
  const of = `${formatCount(done)} of ${formatCount(count)}`;
  switch (status) {
    case "done":
      return `${finished} ${formatPlural(done, entity.slice(0, -1), entity)}`;
    case "cancelled":
      return `Stopped: ${finished.toLowerCase()} ${of} ${entity}`;
    case "failed":
      return `Failed: ${finished.toLowerCase()} ${of} ${entity}. ${lastError ?? ""}`.trim();
    case "queued":
      return `${doing} ${formatPlural(count, entity.slice(0, -1), entity)}: begins in a moment`;
    case "stopping":
      return `${doing} ${entity}: ${of}, stopping`;
    default:
      return `${doing} ${entity}: ${of}`;
  }
}
