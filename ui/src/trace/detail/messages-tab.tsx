// What went in and what came out, in the form that fits the kind of span.
import { type ReactElement, useMemo } from "react";

import { Segmented } from "@/design";
import { useLocal } from "@/kit/local-store";

import type { Span, StoredText, TraceHead } from "../types";
import { Documents, Embedded, ResultTable, VerdictView } from "./documents";
import { MessageView } from "./message-view";
import { Parameters } from "./parameters";
import { documentsOf, embeddingOf, tableOf, textsOf, valueOf, verdictOf } from "./shapes";
import { StatusMessage } from "./status-message";
import { StoredValue, useWhole } from "./stored-value";

type Look = "pretty" | "plain" | "json";

const LOOKS = [
  { id: "pretty", label: "Pretty" },
  { id: "plain", label: "Plain text" },
  { id: "json", label: "JSON" },
] as const;

export type MessagesTabProps = { span: Span; trace?: undefined } | { span?: undefined; trace: TraceHead };

export function MessagesTab({ span, trace }: MessagesTabProps): ReactElement {
  // The same taste as wherever messages are shown.
  const [look, setLook] = useLocal<Look>("messages.look", "pretty");
  return (
    <div className="flex min-w-0 flex-col pb-4">
      {span?.statusMessage && (
        <div className="px-3 pt-3">
          <StatusMessage level={span.level} text={span.statusMessage} />
        </div>
      )}
      <div data-chrome className="flex justify-end px-3 pt-2">
        <Segmented label="Messages as" size="compact" value={look} onChange={setLook} options={LOOKS} />
      </div>
      {look === "json" ? (
        <Values of={span ?? trace} spanId={span?.id ?? null} />
      ) : (
        <>
          {span && <Special span={span} />}
          <MessageView span={span} trace={trace} isPlain={look === "plain"} />
        </>
      )}
      {span && <Parameters span={span} />}
    </div>
  );
}

function Values({ of, spanId }: { of: Span | TraceHead; spanId: string | null }): ReactElement {
  const input = useWhole({ stored: of.input, spanId, field: "input" });
  const output = useWhole({ stored: of.output, spanId, field: "output" });
  return (
    <>
      <StoredValue title="Input" stored={of.input} whole={input} />
      <StoredValue title="Output" stored={of.output} whole={output} />
    </>
  );
}

/** What types other than model calls have to say, above their input and output. */
function Special({ span }: { span: Span }): ReactElement | null {
  const found = useMemo(() => special(span.type, span.input, span.output), [span]);
  return found;
}

function special(type: string, input: StoredText, output: StoredText): ReactElement | null {
  const answer = valueOf(output);
  if (answer === undefined) return null;
  if (type === "EMBEDDING") {
    const embedding = embeddingOf(answer);
    return embedding && <Embedded texts={textsOf(valueOf(input))} embedding={embedding} />;
  }
  if (type === "RETRIEVER" || type === "TOOL") {
    const documents = documentsOf(answer);
    if (documents) return <Documents documents={documents} question={valueOf(input)} />;
    const table = type === "TOOL" ? tableOf(answer) : null;
    return table && <ResultTable {...table} />;
  }
  if (type === "EVALUATOR" || type === "GUARDRAIL") {
    const verdict = verdictOf(answer);
    return verdict && <VerdictView verdict={verdict} />;
  }
  return null;
}
