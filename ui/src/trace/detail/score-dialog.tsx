// Adds a score of a person, as a score configuration of the project says: to a span, a trace or a session.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactElement, useState } from "react";

import { api, type Schema, useBoot, useCan } from "@/api";
import {
  Button,
  Dialog,
  ErrorState,
  errorText,
  Link,
  NumberField,
  RadioGroup,
  Select,
  TextArea,
  toast,
} from "@/design";
import { DraftNotice, useDraft } from "@/kit/drafts";
import { paths } from "@/kit/url";

import { headQuery, spanKey } from "../queries";
import type { Score, Span, TraceHead } from "../types";
import { useViewer } from "../viewer-state";

type Config = Schema<"ScoreConfigOut">;

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
  const { data: configs, error } = useQuery({
    queryKey: ["score-configs", projectId, "active"],
    queryFn: async ({ signal }) => {
      const query = { limit: 100 };
      const page = await api.get("/api/public/score-configs", { project: projectId, query, signal });
      return page.data.filter((config) => !config.isArchived);
    },
  });
  const [chosen, setChosen] = useState<string | null>(null);
  const [value, setValue] = useState<number | string | null>(null);
  const { user } = useBoot();
  const draft = useDraft(`${user.id} score ${projectId} ${Object.values(target.subject).join(" ")}`);
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setBusy] = useState(false);
  const submit = useSubmit(projectId, target);

  const config = configs?.find(({ id }) => id === chosen) ?? configs?.[0];
  const isReady = !!config && value !== null && value !== "" && !outOfRange(config, value);
  const save = async () => {
    if (!config || value === null || isBusy) return;
    setBusy(true);
    setProblem(null);
    try {
      await submit(config, value, draft.text.trim());
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
          <Button variant="primary" isDisabled={!isReady} isPending={isBusy} onPress={() => void save()}>
            Add score
          </Button>
        </>
      }
    >
      {error && !configs ? (
        <ErrorState compact error={error} />
      ) : configs?.length === 0 ? (
        <NoConfigs projectId={projectId} />
      ) : (
        <form
          className="flex flex-col gap-3"
          onSubmit={(event) => {
            event.preventDefault();
            if (isReady) void save();
          }}
        >
          <p className="text-2">For {target.words}</p>
          <Select
            label="Score"
            value={config?.id ?? null}
            onChange={(id) => {
              setChosen(id);
              setValue(null);
            }}
            options={(configs ?? []).map(({ id, name, description }) => ({ id, label: name, description }))}
          />
          {config && <ValueField key={config.id} config={config} value={value} onChange={setValue} />}
          <DraftNotice draft={draft} />
          <TextArea label="Comment" rows={2} value={draft.text} onChange={draft.setText} maxLength={5000} />
          {problem && (
            <p role="alert" className="text-danger">
              {problem}
            </p>
          )}
        </form>
      )}
    </Dialog>
  );
}

function NoConfigs({ projectId }: { projectId: string }): ReactElement {
  const mayMake = useCan("scoreConfigs:CUD");
  return (
    <p className="text-2">
      Scores of people follow a score configuration: a name and the values it may have. This project has none
      yet.{" "}
      {mayMake ? (
        <Link href={paths.settings(projectId, "score-configs")}>Make one in the settings</Link>
      ) : (
        "An administrator can make one."
      )}
    </p>
  );
}

function outOfRange(config: Config, value: number | string): boolean {
  if (typeof value !== "number") return false;
  return (
    (config.minValue !== null && value < config.minValue) ||
    (config.maxValue !== null && value > config.maxValue)
  );
}

interface ValueFieldProps {
  config: Config;
  value: number | string | null;
  onChange: (value: number | string | null) => void;
}

function ValueField({ config, value, onChange }: ValueFieldProps): ReactElement {
  if (config.dataType === "BOOLEAN") {
    return (
      <RadioGroup
        label="Value"
        value={value === null ? null : String(value)}
        onChange={(next) => onChange(Number(next))}
        options={[
          { id: "1", label: "True" },
          { id: "0", label: "False" },
        ]}
      />
    );
  }
  if (config.dataType === "CATEGORICAL") {
    return (
      <RadioGroup
        label="Value"
        value={value === null ? null : String(value)}
        onChange={onChange}
        options={(config.categories ?? []).map(({ label }) => ({ id: label, label }))}
      />
    );
  }
  if (config.dataType === "TEXT") {
    return (
      <TextArea label="Value" rows={2} value={String(value ?? "")} onChange={onChange} maxLength={500} />
    );
  }
  const { minValue, maxValue } = config;
  const known = [minValue !== null && `at least ${minValue}`, maxValue !== null && `at most ${maxValue}`];
  return (
    <NumberField
      label="Value"
      description={known.filter(Boolean).join(", ") || undefined}
      value={typeof value === "number" ? value : null}
      error={value !== null && outOfRange(config, value) ? "Outside of the range of this score" : null}
      onChange={onChange}
      autoFocus
    />
  );
}

function useSubmit(projectId: string, { subject, onAdded }: ScoreTarget) {
  const { user } = useBoot();
  return async (config: Config, value: number | string, comment: string): Promise<void> => {
    const facts = {
      name: config.name,
      dataType: config.dataType,
      source: "ANNOTATION" as const,
      configId: config.id,
    };
    const body = {
      ...facts,
      ...subject,
      value,
      comment: comment || undefined,
    };
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
