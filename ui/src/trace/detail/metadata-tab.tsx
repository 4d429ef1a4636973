// Metadata, attributes and origin as a list that can be searched; a press makes a filter of the value.
import { ListFilter } from "lucide-react";
import { type ReactElement, useMemo, useState } from "react";

import { CopyButton, EmptyState, IconButton, SearchField } from "@/design";
import { formatPlural } from "@/kit/format";
import { filterFor } from "@/kit/query-language";
import { paths, text, useGo, useUrlState } from "@/kit/url";

import { isPublished } from "../source";
import type { Span, TraceHead } from "../types";
import { useViewer } from "../viewer-state";
import { flatten } from "./flat";

const FACTS = [
  ["environment", "env"],
  ["env", "env"],
  ["release", "release"],
  ["version", "version"],
  ["user", "user"],
  ["session", "session"],
  ["source", ""],
  ["serviceName", ""],
  ["serviceVersion", ""],
  ["scopeName", ""],
  ["scopeVersion", ""],
  ["sdkLanguage", ""],
] as const;

interface Entry {
  key: string;
  value: string;
  /** Field and key of the query language; null where there is none. */
  filter: { name: string; key?: string } | null;
  isCut?: boolean;
}

export function MetadataTab({ of }: { of: Span | TraceHead }): ReactElement {
  const [find, setFind] = useState("");
  const entries = useMemo(() => entriesOf(of), [of]);
  const words = find.toLowerCase();
  const shown = entries.filter(({ key, value }) => `${key}\u0000${value}`.toLowerCase().includes(words));
  if (entries.length === 0)
    return <EmptyState title="No metadata">Nothing was recorded beside input and output.</EmptyState>;
  return (
    <div className="flex flex-col">
      <div className="flex items-center gap-2 p-2">
        <SearchField
          label="Find in metadata"
          placeholder="Find key or value"
          value={find}
          onChange={setFind}
          className="flex-1"
        />
        <span role="status" className="tabular text-table text-3">
          {formatPlural(shown.length, "entry", "entries")}
        </span>
      </div>
      <dl className="text-table">
        {shown.map((entry) => (
          <Line key={entry.key} entry={entry} />
        ))}
      </dl>
    </div>
  );
}

function entriesOf(of: Span | TraceHead): Entry[] {
  const facts: Entry[] = [];
  for (const [name, field] of FACTS) {
    const value = (of as unknown as Record<string, unknown>)[name];
    if (typeof value === "string" && value !== "")
      facts.push({ key: name, value, filter: field ? { name: field } : null });
  }
  const cut = new Set(of.metadataTruncated ?? []);
  const metadata = flatten(of.metadata).map(({ path, top, value }) => ({
    key: path,
    value,
    // The filter compares values of the first level; what lies deeper has no field of its own.
    filter: path === top ? { name: "metadata", key: top } : null,
    isCut: cut.has(top),
  }));
  return [...metadata, ...facts];
}

function Line({ entry: { key, value, filter, isCut } }: { entry: Entry }): ReactElement {
  const { source } = useViewer();
  const apply = useFilter();
  return (
    <div className="group flex items-start gap-2 border-t border-line py-0.5 pr-2 pl-3 hover:bg-s1">
      <dt className="mono w-2/5 max-w-72 shrink-0 py-1 text-2">{key}</dt>
      <dd className="mono min-w-0 flex-1 py-1 whitespace-pre-wrap">
        {value === "" ? <span className="text-3">(empty)</span> : value}
        {isCut && <span className="text-warn"> … (cut)</span>}
      </dd>
      <dd className="flex shrink-0 opacity-0 group-hover:opacity-100 focus-within:opacity-100">
        {filter && value.length <= 200 && !isPublished(source) && (
          <IconButton
            label={`Filter traces by ${key}`}
            icon={ListFilter}
            size="compact"
            onPress={() => apply(filter, value)}
          />
        )}
        <CopyButton text={value} label={`Copy ${key}`} />
      </dd>
    </div>
  );
}

const Q = { q: text("") };

/** In a peek the list below is filtered; on the page the list of traces opens with the filter. */
function useFilter() {
  const { projectId, embedded } = useViewer();
  const [{ q }, setUrl] = useUrlState(Q);
  const go = useGo();
  return (field: { name: string; key?: string }, value: string) => {
    const filter = { kind: "exact" as const, text: value };
    if (embedded) setUrl({ q: filterFor(q, field, filter) });
    else go(paths.traces(projectId, { q: filterFor("", field, filter) }));
  };
}
