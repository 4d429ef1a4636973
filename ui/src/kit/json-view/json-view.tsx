// JSON of any size, as a tree or as a table of keys (ui.md 2.3). Takes the text as it is stored, or a value.
import clsx from "clsx";
import { ChevronsDownUp, ChevronsUpDown, ListTree, Table2 } from "lucide-react";
import {
  lazy,
  Suspense,
  useCallback,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type RefObject,
} from "react";
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
  /** The field of the search, where somebody outside wants to put the focus there. */
  findRef?: RefObject<HTMLInputElement | null>;
  className?: string;
}

export function JsonView({ text, value, label, compact, findRef, className }: JsonViewProps): ReactElement {
  const source = useMemo(() => text ?? printJson(value ?? null), [text, value]);
  const { document, shape } = useDocument(source);
  if (shape === "text") return <TextValue text={source} label={label} className={className} />;
  return (
    <JsonBody
      document={document}
      isCut={shape === "cut"}
      label={label}
      compact={compact}
      findRef={findRef}
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
  findRef?: RefObject<HTMLInputElement | null>;
  className?: string;
}

function JsonBody({ document, isCut, label, compact, findRef, className }: BodyProps): ReactElement {
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
  const ownRef = useRef<HTMLInputElement>(null);
  const field = findRef ?? ownRef;
  const height = compact ? "max-h-80" : "max-h-[70vh]";
  const isTable = view === "table" && !compact;
  const current = tree.rows.find(({ id }) => id === tree.current);
  return (
    // oxlint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      onKeyDown={(event) => focusFind(event, field.current)}
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
          {!isTable && <FindBar document={document} onFound={onFound} field={field} />}
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

/** The browser's own search sees only the rows that are drawn. A second press is the browser's again. */
function focusFind(event: KeyboardEvent, field: HTMLInputElement | null): void {
  const isFind = event.key === "f" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
  if (!isFind || !field || field === document.activeElement) return;
  event.preventDefault();
  event.stopPropagation();
  field.focus();
  field.select();
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
        "focus-inset max-h-[70vh] overflow-auto rounded-control border border-line bg-bg p-2 font-mono text-code break-words whitespace-pre-wrap",
        className,
      )}
    >
      {text}
    </pre>
  );
}
