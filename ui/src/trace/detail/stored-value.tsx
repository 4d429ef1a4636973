// An input or output as it is stored: text, or JSON with folding; long ones in pieces.
import { type ReactElement, useState } from "react";

import { Download } from "lucide-react";

import { Button, CopyButton, errorText, IconButton, toast } from "@/design";
import { formatBytes, formatCount } from "@/kit/format";
import { JsonView } from "@/kit/json-view";

import { downloadText } from "../download";
import { readText } from "../queries";
import type { StoredText } from "../types";
import { useViewer } from "../viewer-state";

/** Shorter values need no bar of their own. */
const COMPACT_BELOW = 400;

interface WholeSource {
  stored: StoredText;
  spanId: string | null;
  field: "input" | "output";
}

export interface Whole {
  text: string;
  /** Only the beginning is here. */
  isCut: boolean;
  isLoading: boolean;
  load: () => Promise<void>;
  /** All of it, read when it has to be. */
  all: () => Promise<string>;
  /** For a file of it, without an ending. */
  name: string;
}

/** The text, and the whole of one that came cut, once it was asked for. */
export function useWhole({ stored, spanId, field }: WholeSource): Whole {
  const { source, traceId } = useViewer();
  const [whole, setWhole] = useState<{ of: StoredText; text: string } | null>(null);
  const [isLoading, setLoading] = useState(false);
  // Read again while the trace runs, it is another object with the same beginning.
  const isWhole = whole !== null && whole.of.text === stored.text && whole.of.length === stored.length;
  const all = async () =>
    isWhole ? whole.text : stored.truncated ? readText(source, traceId, spanId, field) : stored.text;
  const load = async () => {
    setLoading(true);
    try {
      setWhole({ of: stored, text: await all() });
    } catch (error) {
      toast({
        title: "The rest could not be loaded",
        description: errorText(error as Error),
        tone: "danger",
      });
    } finally {
      setLoading(false);
    }
  };
  return {
    text: isWhole ? whole.text : stored.text,
    isCut: stored.truncated && !isWhole,
    isLoading,
    load,
    all,
    name: `${field}-${spanId ?? traceId}`,
  };
}

export function CutNotice({ stored, whole }: { stored: StoredText; whole: Whole }): ReactElement | null {
  if (!whole.isCut) return null;
  return (
    <p className="flex items-center gap-2 rounded-control bg-tint-info px-2 py-1 text-table text-info">
      <span className="flex-1">
        The first {formatCount(stored.text.length)} of {formatCount(stored.length)} characters
      </span>
      <Button size="compact" isPending={whole.isLoading} onPress={() => void whole.load()}>
        Load all
      </Button>
    </p>
  );
}

function save(stored: StoredText, whole: Whole): Promise<void> {
  return whole.all().then(
    (text) => downloadText(whole.name, text, stored.kind === "json" ? "json" : "txt"),
    (error: Error) =>
      void toast({
        title: "The value was not downloaded",
        description: errorText(error),
        tone: "danger",
      }),
  );
}

export interface StoredValueProps {
  title: string;
  /** Of its heading; one below that of a detail. */
  level?: 2 | 3;
  stored: StoredText;
  whole: Whole;
}

export function StoredValue({ title, level = 3, stored, whole }: StoredValueProps): ReactElement {
  const Heading = `h${level}` as const;
  const { text } = whole;
  return (
    <section aria-label={title} className="flex min-w-0 flex-col px-3 pt-2">
      <header className="flex min-h-7 items-center gap-2">
        <Heading className="font-semibold">{title}</Heading>
        {stored.length > 0 && <span className="tabular text-table text-3">{formatBytes(stored.length)}</span>}
        <span className="flex-1" />
        {stored.length > 0 && (
          <span data-chrome className="flex items-center">
            <CopyButton text={whole.all} label={`Copy ${title.toLowerCase()}`} />
            <IconButton
              label={`Download ${title.toLowerCase()}`}
              icon={Download}
              size="compact"
              onPress={() => void save(stored, whole)}
            />
          </span>
        )}
      </header>
      <CutNotice stored={stored} whole={whole} />
      {stored.kind === "none" ? (
        <p className="text-3">Nothing was recorded.</p>
      ) : (
        <JsonView text={text} label={title} compact={text.length < COMPACT_BELOW} />
      )}
    </section>
  );
}
