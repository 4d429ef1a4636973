// What can be done with everything that matches. Each action counts first, says the number, and is done by a job.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Bookmark, BookmarkX, Star, Tag, Trash2, type LucideIcon } from "lucide-react";
import { useState, type FormEvent, type ReactElement, type ReactNode } from "react";
import { Button, Dialog, errorText, ErrorState, Skeleton, TextField, toast } from "@/design";
import { formatCount, formatPlural } from "../format";
import { type GivenScore, ScoreFields, useScoreDraft } from "../scores";
import { bulkJobsQuery, countAll, startBulkJob, type BulkJobAction, type WhatToDo } from "./bulk-jobs";
import type { List } from "./use-list";

export type BulkAsked = Pick<List<unknown>, "project" | "entity" | "scope" | "state">;
export type BulkAllProps = {
  list: BulkAsked;
  noun: string;
  actions: readonly BulkJobAction[];
  onStarted: () => void;
  /** The question is of ticked rows, not of all that match. */
  isTicked?: boolean;
};

const LOOKS: Record<BulkJobAction, { label: string; verb: string; icon: LucideIcon }> = {
  bookmark: { label: "Bookmark", verb: "Bookmark", icon: Bookmark },
  unbookmark: { label: "Remove bookmark", verb: "Remove the bookmark of", icon: BookmarkX },
  tag: { label: "Tag", verb: "Tag", icon: Tag },
  untag: { label: "Remove tag", verb: "Remove a tag from", icon: Tag },
  score: { label: "Score", verb: "Score", icon: Star },
  delete: { label: "Delete", verb: "Delete", icon: Trash2 },
};
/** From so many on the number has to be typed before something is deleted. */
const MANY = 100;

export function BulkAll({ list, noun, actions, onStarted, isTicked }: BulkAllProps): ReactElement {
  const [open, setOpen] = useState<BulkJobAction | null>(null);
  return (
    <>
      {actions.map((action) => (
        <Button
          key={action}
          size="compact"
          icon={LOOKS[action].icon}
          variant={action === "delete" ? "danger" : "default"}
          isDisabled={list.scope === null}
          onPress={() => setOpen(action)}
        >
          {LOOKS[action].label}
        </Button>
      ))}
      {open && (
        <Confirm {...{ list, noun, isTicked, onStarted }} action={open} onClose={() => setOpen(null)} />
      )}
    </>
  );
}

type ConfirmProps = Omit<BulkAllProps, "actions"> & { action: BulkJobAction; onClose: () => void };

function Confirm({ list, noun, action, isTicked, onStarted, onClose }: ConfirmProps): ReactElement {
  const { project, entity } = list;
  // What is confirmed is what was asked when the dialog opened.
  const [scope] = useState(() => list.scope ?? {});
  const counted = useQuery({
    queryKey: ["bulk-count", project, entity, scope],
    queryFn: ({ signal }) => countAll(project, entity, scope, signal),
    gcTime: 0,
    staleTime: Infinity,
    retry: false,
  });
  const queries = useQueryClient();
  const [tag, setTag] = useState("");
  const score = useScoreDraft(project, action === "score");
  const [comment, setComment] = useState("");
  const [typed, setTyped] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);
  const { data } = counted;
  const count = data?.count ?? 0;
  const needsTyping = action === "delete" && count >= MANY;
  const what = whatToDo(action, tag, score.given, comment);
  const isReady = count > 0 && what !== null && (!needsTyping || typed.trim() === String(count));
  const start = async (): Promise<void> => {
    if (!isReady || !data || isBusy) return;
    setIsBusy(true);
    setProblem(null);
    try {
      await startBulkJob(project, entity, scope, data, what);
      await queries.invalidateQueries({ queryKey: bulkJobsQuery(project).queryKey });
      toast("Started. You may leave this page: the server goes on.");
      onStarted();
      onClose();
    } catch (error) {
      setProblem(errorText(error as Error));
      void counted.refetch();
    } finally {
      setIsBusy(false);
    }
  };
  const { verb } = LOOKS[action];
  return (
    <Dialog
      title={
        data ? `${verb} ${formatPlural(count, noun.slice(0, -1), noun)}?` : `${verb} all ${noun} that match?`
      }
      size="small"
      isOpen
      onClose={onClose}
      role="alertdialog"
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button
            variant={action === "delete" ? "danger" : "primary"}
            isDisabled={!isReady}
            isPending={isBusy}
            onPress={() => void start()}
          >
            {LOOKS[action].label}
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          void start();
        }}
      >
        {counted.error ? (
          <ErrorState compact error={counted.error} onRetry={() => void counted.refetch()} />
        ) : (
          <Counted
            noun={noun}
            q={isTicked ? null : list.state.q}
            count={data?.count}
            isDeletion={action === "delete"}
          />
        )}
        {(action === "tag" || action === "untag") && (
          <TextField label="Tag" value={tag} onChange={setTag} maxLength={200} autoFocus />
        )}
        {action === "score" && (
          <ScoreFields draft={score}>
            <TextField label="Comment" value={comment} onChange={setComment} maxLength={2000} />
          </ScoreFields>
        )}
        {needsTyping && (
          <TextField
            label={`Type “${count}” to confirm`}
            value={typed}
            onChange={setTyped}
            autoFocus
            autoComplete="off"
          />
        )}
        {problem && (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        )}
      </form>
    </Dialog>
  );
}

function Counted({
  noun,
  q,
  count,
  isDeletion,
}: {
  noun: string;
  /** Null for ticked rows. */
  q: string | null;
  count: number | undefined;
  isDeletion: boolean;
}): ReactNode {
  if (count === undefined) {
    return (
      <div aria-busy>
        <Skeleton />
        <span className="sr-only">Counting</span>
      </div>
    );
  }
  if (count === 0) return <p className="text-2">{`No ${noun} match any more.`}</p>;
  // The title says how many, and the reader has chosen each.
  if (q === null) return null;
  return (
    <div className="flex flex-col gap-2 text-2">
      <p>
        {`Exactly ${formatCount(count)} ${noun} of the chosen time match`}
        {q === "" ? "." : ": "}
        {q !== "" && <code className="break-words">{q}</code>}
      </p>
      <p>
        {`What comes in from now on is left alone.${isDeletion && noun === "traces" ? " Their observations, scores and comments go with them. This cannot be undone." : isDeletion ? " This cannot be undone." : ""}`}
      </p>
    </div>
  );
}

/** Null while something is missing. */
export function whatToDo(
  action: BulkJobAction,
  tag: string,
  score: GivenScore | null,
  comment: string,
): WhatToDo | null {
  if (action === "tag" || action === "untag") return tag.trim() === "" ? null : { action, tag: tag.trim() };
  if (action !== "score") return { action };
  if (!score) return null;
  return { action, score: { ...score, ...(comment.trim() === "" ? {} : { comment: comment.trim() }) } };
}
