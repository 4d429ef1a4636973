// One small call over a stored connection: what the model said and how long that took, or the provider's own words.
import { useMutation } from "@tanstack/react-query";
import { type FormEvent, type ReactElement, useId, useState } from "react";
import type { Schema } from "@/api";
import { Badge, Button, Dialog, ErrorState, TextField } from "@/design";
import { formatDuration } from "@/kit/format";
import type { Connection } from "./draft";
import { testConnection } from "./queries";

export function TestCallDialog({
  project,
  connection,
  onClose,
}: {
  project: string;
  connection: Connection;
  onClose: () => void;
}): ReactElement {
  const form = useId();
  const [model, setModel] = useState(connection.customModels[0] ?? "");
  const call = useMutation({
    mutationFn: () => testConnection(project, connection.id, model.trim() || null),
  });
  function send(event: FormEvent): void {
    event.preventDefault();
    if (!call.isPending) call.mutate();
  }
  return (
    <Dialog
      title={`Test ${connection.provider}`}
      size="small"
      isOpen
      onClose={onClose}
      actions={
        <>
          <Button onPress={onClose}>Close</Button>
          <Button variant="primary" type="submit" form={form} isPending={call.isPending}>
            {call.data || call.error ? "Call again" : "Call"}
          </Button>
        </>
      }
    >
      <form id={form} aria-label="Test call" noValidate onSubmit={send} className="flex flex-col gap-4">
        <p className="text-2">
          The server asks the provider for one word, with the stored key. The call costs a few tokens.
        </p>
        <TextField
          label="Model"
          description={
            connection.adapter === "azure"
              ? "The name of a deployment."
              : "Empty: a small one of the provider."
          }
          mono
          autoFocus
          value={model}
          onChange={setModel}
        />
        {call.error && <ErrorState compact error={call.error} title="The call was not made" />}
        {call.data && <Outcome outcome={call.data} />}
      </form>
    </Dialog>
  );
}

function Outcome({ outcome }: { outcome: Schema<"ConnectionTestOut"> }): ReactElement {
  const { ok, model, status, answer, error, latencyMs } = outcome;
  return (
    <section
      aria-label="Result"
      role={ok ? "status" : "alert"}
      className="flex flex-col gap-2 rounded-card border border-line p-3"
    >
      <p className="flex flex-wrap items-center gap-2">
        <Badge tone={ok ? "ok" : "danger"}>{ok ? "It works" : "It failed"}</Badge>
        <span className="mono text-table break-all">{model}</span>
        <span className="tabular text-3">
          {status !== null && `status ${status} · `}
          {formatDuration(latencyMs / 1000)}
        </span>
      </p>
      <pre
        // Scrolls by keyboard too.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        aria-label={ok ? "What the model said" : "What the provider said"}
        className="mono max-h-60 overflow-auto rounded-control bg-s2 p-2 text-code break-words whitespace-pre-wrap"
      >
        {ok ? answer : error}
      </pre>
    </section>
  );
}
