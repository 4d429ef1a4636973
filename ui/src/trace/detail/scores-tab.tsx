// Scores of the trace or the span, by who gave them.
import { Bot, Code, Trash2, UserRound } from "lucide-react";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, useBoot, useCan } from "@/api";
import { Badge, Button, ConfirmDialog, EmptyState, IconButton, Link } from "@/design";
import { formatRelative, formatScore, formatTimeDetails } from "@/kit/format";
import { paths } from "@/kit/url";

import { traceKey } from "../queries";
import type { Score } from "../types";
import { useViewer } from "../viewer-state";

const SOURCES: Record<string, { label: string; icon: typeof Bot }> = {
  ANNOTATION: { label: "People", icon: UserRound },
  EVAL: { label: "Evaluators", icon: Bot },
  API: { label: "API", icon: Code },
};

export interface ScoresTabProps {
  scores: Score[];
  onScore: () => void;
  /** Scores of spans are in the list too: say of which. */
  withSpans?: boolean;
}

export function ScoresTab({ scores, onScore, withSpans }: ScoresTabProps): ReactElement {
  const mayWrite = useCan("scores:CUD");
  const [doomed, setDoomed] = useState<Score | null>(null);
  const add = mayWrite ? (
    <Button variant="primary" size="compact" onPress={onScore}>
      Add a score
    </Button>
  ) : undefined;
  const sources = [...new Set(scores.map(({ source }) => source))].map(
    (source) => [source, scores.filter((score) => score.source === source)] as const,
  );
  return (
    <>
      {scores.length === 0 ? (
        <EmptyState title="No scores yet" action={add}>
          Scores come from people, from evaluators and from your own code through the API.
        </EmptyState>
      ) : (
        <div className="flex flex-col gap-4 p-3">
          {add && <div className="flex justify-end">{add}</div>}
          {sources.map(([source, list]) => (
            <Source key={source} source={source} scores={list} withSpans={withSpans} onDelete={setDoomed} />
          ))}
        </div>
      )}
      <DeleteScore score={doomed} onClose={() => setDoomed(null)} />
    </>
  );
}

/** Outside of the rows: it must still be there to close when its row is gone. */
function DeleteScore({ score, onClose }: { score: Score | null; onClose: () => void }): ReactElement {
  const { projectId } = useViewer();
  const queries = useQueryClient();
  return (
    <ConfirmDialog
      title="Delete this score?"
      isOpen={score !== null}
      onClose={onClose}
      confirmLabel="Delete score"
      onConfirm={async () => {
        await api.delete("/api/public/scores/{score_id}", {
          path: { score_id: score!.id },
          project: projectId,
        });
        removeScore(queries, projectId, score!.id);
      }}
    >
      The score “{score?.name}” will be gone for everyone.
    </ConfirmDialog>
  );
}

interface SourceProps {
  source: string;
  scores: Score[];
  withSpans?: boolean;
  onDelete: (score: Score) => void;
}

function Source({ source, scores, withSpans, onDelete }: SourceProps): ReactElement {
  const { label, icon: Icon } = SOURCES[source] ?? { label: source, icon: Code };
  return (
    <section>
      <h3 className="flex items-center gap-1.5 pb-1 font-semibold">
        <Icon size={14} aria-hidden /> {label}
      </h3>
      <ul className="rounded-card border border-line">
        {scores.map((score) => (
          <ScoreRow key={score.id} score={score} withSpan={withSpans} onDelete={onDelete} />
        ))}
      </ul>
    </section>
  );
}

interface ScoreRowProps {
  score: Score;
  withSpan?: boolean;
  onDelete: (score: Score) => void;
}

function ScoreRow({ score, withSpan, onDelete }: ScoreRowProps): ReactElement {
  const { projectId, model, select } = useViewer();
  const mayWrite = useCan("scores:CUD");
  const node = withSpan && score.observationId ? model.indexOf.get(score.observationId) : undefined;
  return (
    <li className="flex flex-wrap items-start gap-x-3 gap-y-1 border-b border-line px-3 py-2 last:border-0">
      <span className="min-w-24 font-medium">{score.name}</span>
      <Badge>{formatScore({ value: score.value, text: score.stringValue, type: score.dataType })}</Badge>
      <span className="min-w-0 flex-1 whitespace-pre-wrap text-2">{score.comment}</span>
      {node !== undefined && (
        <Button size="compact" variant="quiet" onPress={() => select(node)}>
          {model.rows[node]!.name || "Span"}
        </Button>
      )}
      {score.executionTraceId && (
        <Link href={paths.trace(projectId, score.executionTraceId)}>Evaluator's run</Link>
      )}
      <span className="text-table text-3" title={formatTimeDetails(score.timestamp)}>
        {score.author ? `${score.author}, ` : ""}
        {formatRelative(score.timestamp)}
      </span>
      {mayWrite && score.source === "ANNOTATION" && <DeleteOwn score={score} onDelete={onDelete} />}
    </li>
  );
}

/** One's own can be taken back. */
function DeleteOwn({ score, onDelete }: Pick<ScoreRowProps, "score" | "onDelete">): ReactElement | null {
  const { user } = useBoot();
  if (score.authorUserId !== user.id) return null;
  return (
    <IconButton
      label={`Delete score ${score.name}`}
      icon={Trash2}
      size="compact"
      onPress={() => onDelete(score)}
    />
  );
}

interface WithScores {
  scores?: Score[];
}

/** Takes a deleted score out of everything that is shown of the trace. */
function removeScore(queries: ReturnType<typeof useQueryClient>, projectId: string, scoreId: string): void {
  queries.setQueriesData<WithScores>(
    {
      queryKey: traceKey(projectId, "").slice(0, 2),
      predicate: ({ queryKey }) => queryKey[3] === "head" || queryKey[3] === "span",
    },
    (data) => (data?.scores ? { ...data, scores: data.scores.filter(({ id }) => id !== scoreId) } : data),
  );
}
