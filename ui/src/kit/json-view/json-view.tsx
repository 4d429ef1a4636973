// JSON of any size, as a tree or as a table of keys (ui.md 2.3). Takes the text as it is stored, or a value.
import clsx from "clsx";
import { ChevronsDownUp, ChevronsUpDown, ListTree, Table2 } from "lucide-react";
import { lazy, Suspense, useCallback, useMemo, useState, type ReactElement } from "react";
import { CopyButton, IconButton, Segmented, Skeleton } from "@/design";
import { useLocal } from "@/kit/local-store";
import type { JsonDocument } from "./document";
import { FindBar } from "./find-bar";
import { KeyTable } from "./key-table";
import { printJson } from "./lossless";
import { pathOf } from "./rows";
import { JsonTree } from "./tree";
import { useDocument, useTree } from "./use-tree";

const CodeView = lazy(() => import("@/kit/editor/code-view"));

export interface JsonViewProps {
  /** The JSON text as stored; text that is no JSON is shown as such. */
  text?: string;
  /** Or a value, if there is no text. */
  value?: unknown;
  /** Name for assistive technology. */
  label: string;
  /** Without the bar, and low: for small values inside of something else. */
  compact?: boolean;
  className?: string;
}

export function JsonView({ text, value, label, compact, className }: JsonViewProps): ReactElement {
  const source = useMemo(() => text ?? printJson(value ?? null), [text, value]);
  const { document, shape } = useDocument(source);
  if (shape === "text") return <TextValue text={source} label={label} className={className} />;
  return (
    <JsonBody
      document={document}
      isCut={shape === "cut"}
      label={label}
      compact={compact}
      className={className}
    />
  );
}

type View = "tree" | "table";
const VIEWS = [
  { id: "tree", label: "Tree", icon: ListTree, iconOnly: true },
  { id: "table", label: "Table", icon: Table2, iconOnly: true },
] as const;

interface BodyProps {
  document: JsonDocument;
  isCut: boolean;
  label: string;
  compact?: boolean;
  className?: string;
}

function JsonBody({ document, isCut, label, compact, className }: BodyProps): ReactElement {
  const tree = useTree(document, compact ? 24 : undefined);
  const [view, setView] = useLocal<View>("json.view", "tree");
  const [match, setMatch] = useState<string>();
  const { reveal } = tree;
  const onFound = useCallback(
    (open: readonly string[], id: string | undefined) => {
      setMatch(id);
      if (id !== undefined) reveal(open, id);
    },
    [reveal],
  );
  const height = compact ? "max-h-80" : "max-h-[70vh]";
  const isTable = view === "table" && !compact;
  const current = tree.rows.find(({ id }) => id === tree.current);
  return (
    <div
      className={clsx("flex min-h-0 min-w-0 flex-col rounded-control border border-line bg-bg", className)}
    >
      {!compact && (
        <div className="flex flex-wrap items-center gap-1 border-b border-line p-1">
          <Segmented
            label="View of the JSON"
            options={VIEWS}
            value={view}
            onChange={setView}
            size="compact"
          />
          {!isTable && <FindBar document={document} onFound={onFound} />}
          <span className="ml-auto flex items-center">
            {!isTable && (
              <IconButton label="Expand all" icon={ChevronsUpDown} size="compact" onPress={tree.openAll} />
            )}
            {!isTable && (
              <IconButton label="Collapse all" icon={ChevronsDownUp} size="compact" onPress={tree.closeAll} />
            )}
            <CopyButton text={document.text} label="Copy JSON" />
          </span>
        </div>
      )}
      {isCut && (
        <p className="border-b border-line px-2 py-1 text-table text-warn">
          This JSON is cut off. What there is of it is shown.
        </p>
      )}
      {isTable ? (
        <KeyTable document={document} label={label} className={height} />
      ) : (
        <JsonTree tree={tree} label={label} match={match} hideRoot={compact} className={height} />
      )}
      {!compact && !isTable && current && (
        <p
          className="truncate border-t border-line px-2 py-0.5 font-mono text-caption text-3"
          title={pathOf(current)}
        >
          {pathOf(current)}
        </p>
      )}
    </div>
  );
}

const LONG = 20_000;

/** Not JSON: the text as it is; a long one in the editor, which draws only what is seen. */
function TextValue({
  text,
  label,
  className,
}: {
  text: string;
  label: string;
  className?: string;
}): ReactElement {
  if (text.length > LONG) {
    return (
      <Suspense fallback={<Skeleton height="20rem" />}>
        <CodeView text={text} label={label} className={className} />
      </Suspense>
    );
  }
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <pre
      tabIndex={0}
      aria-label={label}
      dir="auto"
      className={clsx(
        "focus-inset max-h-[70vh] overflow-auto rounded-control border border-line bg-bg p-2 font-mono text-table break-words whitespace-pre-wrap",
        className,
      )}
    >
      {text}
    </pre>
  );
}
