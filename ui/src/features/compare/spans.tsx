// Two aligned spans: their facts, then input, output and what surrounds them, word by word.
import { useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type ReactElement, type ReactNode, type Ref, useMemo, useState } from "react";

import {
  Badge,
  Button,
  ErrorState,
  IconButton,
  Link,
  Segmented,
  Skeleton,
  TypeIcon,
  typeLook,
} from "@/design";
import { DiffView } from "@/kit/diff";
import { formatPlural } from "@/kit/format";
import { useLocal } from "@/kit/local-store";
import { paths } from "@/kit/url";
import { MISSING_PARENT_ID } from "@/trace/model";
import { readText, spanKey, spanQuery } from "@/trace/queries";
import type { Span } from "@/trace/types";

import { figuresOf, type Comparison, type Side } from "./comparison";
import { Delta, FORMATS, type Amount, type Measure } from "./delta";
import { hasMessages, sectionsOf, type Field, type Look, type Section, type Texts } from "./texts";

export interface SpansProps {
  projectId: string;
  comparison: Comparison;
  row: number;
  onClose: () => void;
  ref?: Ref<HTMLDivElement>;
}

export function Spans({ projectId, comparison, row, onClose, ref }: SpansProps): ReactElement {
  const { a, b, rows } = comparison;
  const [nodeA, nodeB] = [rows.a[row]!, rows.b[row]!];
  const span = nodeA >= 0 ? a.model.rows[nodeA]! : b.model.rows[nodeB]!;
  const isMissingParent = span.id === MISSING_PARENT_ID;
  return (
    <section
      ref={ref}
      tabIndex={-1}
      aria-label="The two spans"
      className="focus-inset flex min-h-0 min-w-0 flex-1 basis-1/2 flex-col overflow-y-auto border-t border-line"
    >
      <header className="sticky top-0 z-10 flex min-h-9 shrink-0 items-center gap-2 border-b border-line bg-bg px-3">
        <TypeIcon type={span.type} />
        <h2 className="min-w-0 truncate font-semibold" title={span.name}>
          {span.name || "(no name)"}
        </h2>
        <span className="flex-1" />
        {[
          { side: a, node: nodeA },
          { side: b, node: nodeB },
        ].map(({ side, node }) =>
          node < 0 || isMissingParent ? null : (
            <Link
              key={side.letter}
              href={paths.trace(projectId, side.traceId, { observation: side.model.rows[node]!.id })}
              className="shrink-0"
            >
              {`Open in ${side.letter}`}
            </Link>
          ),
        )}
        <IconButton label="Close" shortcut="Escape" icon={X} onPress={onClose} />
      </header>
      {isMissingParent ? (
        <p className="p-3 text-2">
          The parent of these spans has not arrived, so there is nothing to compare.
        </p>
      ) : (
        <>
          <Facts comparison={comparison} nodeA={nodeA} nodeB={nodeB} />
          <Bodies key={row} {...{ projectId, comparison, nodeA, nodeB }} />
        </>
      )}
    </section>
  );
}

type Nodes = { comparison: Comparison; nodeA: number; nodeB: number };

const MEASURES: readonly { label: string; measure: Measure & ("duration" | "cost" | "tokens") }[] = [
  { label: "Duration", measure: "duration" },
  { label: "Cost", measure: "cost" },
  { label: "Tokens", measure: "tokens" },
];
const LEVELS = ["Debug", "", "Warning", "Error"];

function Facts({ comparison: { a, b }, nodeA, nodeB }: Nodes): ReactElement {
  const [from, to] = [figuresOf(a, nodeA), figuresOf(b, nodeB)];
  const sides = [
    { side: a, node: nodeA, figures: from },
    { side: b, node: nodeB, figures: to },
  ];
  return (
    <dl className="flex shrink-0 flex-wrap gap-x-8 gap-y-1 border-b border-line px-3 py-1.5 text-table">
      {sides.map(({ side, node }) => (
        <div key={side.letter} className="flex items-center gap-2">
          <dt>
            <Badge>{side.letter}</Badge>
          </dt>
          <dd className="text-2">{node < 0 ? "Not in this trace" : sayKind(side, node)}</dd>
        </div>
      ))}
      {MEASURES.map(({ label, measure }) =>
        from[measure] === null && to[measure] === null ? null : (
          <div key={label} className="flex items-center gap-1.5">
            <dt className="text-3">{label}</dt>
            <dd className="tabular flex items-center gap-1.5">
              {`${FORMATS[measure](from[measure])} → ${FORMATS[measure](to[measure])}`}
              {bothKnown(from[measure], to[measure]) && (
                <Delta from={from[measure]} to={to[measure]} measure={measure} long />
              )}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

const bothKnown = (a: Amount, b: Amount): boolean => a !== null && b !== null;

function sayKind({ model }: Side, node: number): string {
  const { type, model: name, level } = model.rows[node]!;
  return [typeLook(type).label, name, LEVELS[level]].filter(Boolean).join(" · ");
}

interface Loaded {
  span: Span | null;
  texts: Texts;
  /** Characters that are not here yet. */
  missing: number;
  error: Error | null;
  isLoading: boolean;
  retry: () => void;
}

const NO_TEXTS: Texts = { input: "", output: "" };

/** A span with its texts; the whole of long ones once that was asked for. */
function useSpan(projectId: string, side: Side, node: number, wantsAll: boolean): Loaded {
  const id = node < 0 ? "" : side.model.rows[node]!.id;
  const {
    data: span,
    error,
    refetch,
    isLoading,
  } = useQuery({
    ...spanQuery(projectId, side.traceId, id),
    enabled: node >= 0,
  });
  const isCut = Boolean(span?.input.truncated || span?.output.truncated);
  const whole = useQuery({
    queryKey: [...spanKey(projectId, side.traceId, id), "texts"],
    queryFn: async (): Promise<Texts> => {
      const read = (field: Field): Promise<string> =>
        span![field].truncated
          ? readText(projectId, side.traceId, id, field)
          : Promise.resolve(span![field].text);
      return { input: await read("input"), output: await read("output") };
    },
    enabled: wantsAll && isCut,
    structuralSharing: false,
  });
  if (node < 0 || !span) {
    return { span: null, texts: NO_TEXTS, missing: 0, error, isLoading, retry: () => void refetch() };
  }
  const texts = whole.data ?? { input: span.input.text, output: span.output.text };
  const missing = whole.data
    ? 0
    : span.input.length + span.output.length - texts.input.length - texts.output.length;
  return {
    span,
    texts,
    missing: isCut ? missing : 0,
    error: whole.error,
    isLoading: whole.isLoading,
    retry: () => void whole.refetch(),
  };
}

const LOOKS = [
  { id: "messages", label: "Messages" },
  { id: "json", label: "JSON" },
] as const;

function Bodies({
  projectId,
  comparison: { a, b },
  nodeA,
  nodeB,
}: Nodes & { projectId: string }): ReactElement {
  const [look, setLook] = useLocal<Look>("compare.look", "messages");
  const [wantsAll, setWantsAll] = useState(false);
  const one = useSpan(projectId, a, nodeA, wantsAll);
  const two = useSpan(projectId, b, nodeB, wantsAll);
  const [textsA, textsB] = [one.texts, two.texts];
  const sides = useMemo(
    () =>
      [
        { span: one.span, texts: textsA },
        { span: two.span, texts: textsB },
      ] as const,
    [one.span, two.span, textsA, textsB],
  );
  const sections = useMemo(() => sectionsOf(...sides, look), [sides, look]);
  const hasChoice = useMemo(() => hasMessages(...sides), [sides]);
  const failed = one.error ? one : two.error ? two : null;
  if (failed)
    return <ErrorState error={failed.error} title="The spans could not be loaded" onRetry={failed.retry} />;
  if ((nodeA >= 0 && !one.span) || (nodeB >= 0 && !two.span)) return <Loading />;
  const missing = one.missing + two.missing;
  return (
    <div className="flex min-w-0 flex-col gap-3 py-2">
      {hasChoice && (
        <div data-chrome className="flex justify-end px-3">
          <Segmented label="Texts as" size="compact" value={look} onChange={setLook} options={LOOKS} />
        </div>
      )}
      {missing > 0 && (
        <p className="mx-3 flex items-center gap-2 rounded-control bg-tint-info px-2 py-1 text-table text-info">
          <span className="flex-1">
            {`Only the beginning of long texts is compared: ${formatPlural(missing, "character")} are not loaded.`}
          </span>
          <Button size="compact" isPending={one.isLoading || two.isLoading} onPress={() => setWantsAll(true)}>
            Compare all
          </Button>
        </p>
      )}
      {sections.length === 0 && <p className="px-3 text-3">Neither span has a text.</p>}
      {sections.map((section) => (
        <Compared key={section.title} {...section} isPair={nodeA >= 0 && nodeB >= 0} />
      ))}
    </div>
  );
}

function Compared({ title, a, b, isPair }: Section & { isPair: boolean }): ReactElement {
  return (
    <section aria-label={title} className="min-w-0">
      <h3 className="flex items-center gap-2 px-3 pb-1 font-semibold">
        {title}
        {isPair && a === b && <Badge tone="ok">Same in both</Badge>}
      </h3>
      <Framed>
        {isPair ? (
          <DiffView label={`${title}, A and B`} nameA="Trace A" nameB="Trace B" a={a} b={b} />
        ) : (
          <pre className="max-h-120 overflow-y-auto p-2 break-words whitespace-pre-wrap" tabIndex={0}>
            {a || b}
          </pre>
        )}
      </Framed>
    </section>
  );
}

function Framed({ children }: { children: ReactNode }): ReactElement {
  return <div className="mx-3 overflow-hidden rounded-card border border-line">{children}</div>;
}

function Loading(): ReactElement {
  return (
    <div className="flex flex-col gap-2 p-3" aria-busy aria-label="Loading the spans">
      {[60, 80, 50, 70].map((width) => (
        <Skeleton key={width} width={`${width}%`} />
      ))}
    </div>
  );
}
