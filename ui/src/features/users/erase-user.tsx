// All data of a user is erased by a job of the server; what it found afterwards is shown.
import { useState, type ReactElement } from "react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { api, type Schema } from "@/api";
import { Button, ConfirmDialog, Dialog, ProgressBar } from "@/design";
import { formatCount, formatPlural } from "@/kit/format";
import { paths, useGo } from "@/kit/url";

type Erasure = Schema<"ErasureOut">;
type Props = { projectId: string; userId: string; isOpen: boolean; onClose: () => void };

export function EraseUser({ projectId, userId, isOpen, onClose }: Props): ReactElement {
  const [erasureId, setErasure] = useState<string | null>(null);
  const erase = async () => {
    const path = { user_id: userId };
    setErasure((await api.delete("/api/public/spyglass/users/{user_id}", { path, project: projectId })).id);
  };
  return (
    <>
      <ConfirmDialog
        title="Delete all data of this user"
        isOpen={isOpen}
        onClose={onClose}
        onConfirm={erase}
        confirmLabel="Delete user data"
        typed={userId}
      >
        <p>
          All traces of this user are erased with their observations, scores, comments and files, also those
          outside of the time range. This cannot be undone.
        </p>
      </ConfirmDialog>
      {erasureId && <Progress projectId={projectId} erasureId={erasureId} onClose={() => setErasure(null)} />}
    </>
  );
}

function Progress(props: { projectId: string; erasureId: string; onClose: () => void }): ReactElement {
  const { projectId, erasureId, onClose } = props;
  const go = useGo();
  const queries = useQueryClient();
  const { data, error } = useQuery({
    queryKey: ["erasure", projectId, erasureId],
    queryFn: ({ signal }) =>
      api.get("/api/public/spyglass/erasures/{erasure_id}", {
        path: { erasure_id: erasureId },
        project: projectId,
        signal,
      }),
    refetchInterval: ({ state }) =>
      state.data?.status === "done" || state.data?.status === "failed" ? false : 1000,
  });
  const isDone = data?.status === "done";
  const leave = () => {
    onClose();
    void queries.invalidateQueries();
    if (isDone) go(paths.users(projectId));
  };
  const erased = Object.entries(data?.counts ?? {}).filter(([, count]) => count > 0);
  return (
    <Dialog
      title={isDone ? "User data deleted" : "Deleting user data"}
      isOpen
      onClose={leave}
      size="small"
      actions={<Button onPress={leave}>{isDone ? "Go to the users" : "Close"}</Button>}
    >
      <div role="status" className="flex flex-col gap-3 text-2">
        {!isDone && !error && data?.status !== "failed" && <ProgressBar label="Deleting" />}
        {error && <p className="text-danger">{error.message}</p>}
        {data?.lastError && <p className="text-danger">{data.lastError}</p>}
        {erased.map(([kind, count]) => (
          <p key={kind} className="tabular">{`${formatCount(count)} ${kind}`}</p>
        ))}
        {isDone && <p>{checked(data)}</p>}
        {(data?.kept.datasetItems?.length ?? 0) > 0 && (
          <p>
            {formatPlural(data?.kept.datasetItems?.length ?? 0, "dataset item")} made from these traces
            stayed.
          </p>
        )}
        {!isDone && <p>The job goes on when this window is closed.</p>}
      </div>
    </Dialog>
  );
}

function checked(data: Erasure): string {
  const left = Object.values(data.verification?.remaining ?? {}).reduce((sum, count) => sum + count, 0);
  return left === 0
    ? "A check afterwards found nothing left."
    : `${formatPlural(left, "record")} came in meanwhile.`;
}
