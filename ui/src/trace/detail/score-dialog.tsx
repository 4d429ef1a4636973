// Adds a score of a person, as a score configuration of the project says: to a span, a trace or a session.
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, useBoot } from "@/api";
import { Button, Dialog, errorText, TextArea, toast } from "@/design";
import { DraftNotice, useDraft } from "@/kit/drafts";
import { type GivenScore, ScoreFields, useScoreDraft } from "@/kit/scores";

import { headQuery, spanKey } from "../queries";
import type { Score, Span, TraceHead } from "../types";
import { useViewer } from "../viewer-state";

export interface ScoreTarget {
  /** Such as "the trace 4bf9…". */
  words: string;
  subject: { traceId: string; observationId?: string } | { sessionId: string };
  /** Shows it at once: it becomes visible on the server a moment later. */
  onAdded: (score: Score) => void;
}

export interface ScoreDialogProps {
  projectId: string;
  target: ScoreTarget;
  onClose: () => void;
}

/** For what is selected in the open trace. */
export function SpanScoreDialog({ onClose }: { onClose: () => void }): ReactElement {
  const { projectId, traceId, model, selected } = useViewer();
  const queries = useQueryClient();
  const span = selected < 0 ? undefined : model.rows[selected]!;
  const onAdded = (score: Score): void => {
    const append = <T extends { scores: Score[] }>(data: T | undefined) =>
      data && { ...data, scores: [...data.scores.filter(({ id }) => id !== score.id), score] };
    queries.setQueryData<TraceHead>(headQuery(projectId, traceId).queryKey, append);
    if (span) queries.setQueryData<Span>(spanKey(projectId, traceId, span.id), append);
  };
  const words = span ? `“${span.name || "the span"}”` : `the trace ${traceId}`;
  const subject = { traceId, observationId: span?.id };
  return <ScoreDialog projectId={projectId} target={{ words, subject, onAdded }} onClose={onClose} />;
}

export function ScoreDialog({ projectId, target, onClose }: ScoreDialogProps): ReactElement {
  const score = useScoreDraft(projectId);
  const { user } = useBoot();
  const draft = useDraft(`${user.id} score ${projectId} ${Object.values(target.subject).join(" ")}`);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = useSubmit(projectId, target);
  const { given } = score;
  const save = async () => {
    if (!given || isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await submit(given, draft.text.trim());
      draft.clear();
      toast("Score added");
      onClose();
    } catch (cause) {
      setProblem(errorText(cause as Error));
      setBusy(false);
    }
  };
  return (
    <Dialog
      title="Add a score"
      size="small"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Cancel</Button>
          <Button variant="primary" isDisabled={!given} isPending={isBusy} onPress={() => void save()}>
            Add score
          </Button>
        </>
      }
    >
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <p className="text-2">For {target.words}</p>
        <ScoreFields draft={score}>
          <DraftNotice draft={draft} />
          <TextArea label="Comment" rows={2} value={draft.text} onChange={draft.setText} maxLength={5000} />
        </ScoreFields>
        {problem && (
          <p role="alert" className="text-danger">
            {problem}
          </p>
        )}
      </form>
    </Dialog>
  );
}

function useSubmit(projectId: string, { subject, onAdded }: ScoreTarget) {
  const { user } = useBoot();
  return async (given: GivenScore, comment: string): Promise<void> => {
    const { value } = given;
    const facts = { ...given, source: "ANNOTATION" as const };
    const body = { ...facts, ...subject, comment: comment || undefined };
    const made = await api.post("/api/public/scores", { body, project: projectId });
    if (!("id" in made)) throw new Error("The server did not store the score.");
    onAdded({
      ...facts,
      id: made.id,
      traceId: "traceId" in subject ? subject.traceId : null,
      executionTraceId: null,
      value: typeof value === "number" ? value : null,
      stringValue: typeof value === "string" ? value : null,
      comment: comment || null,
      author: user.name ?? user.email,
      authorUserId: user.id,
      observationId: "traceId" in subject ? (subject.observationId ?? null) : null,
      timestamp: new Date().toISOString(),
    });
  };
}
