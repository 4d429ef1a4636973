// The facet sidebar: one more editor of the same query. Only open facets ask the server.
import { useQueries } from "@tanstack/react-query";
import clsx from "clsx";
import { ChevronDown, ChevronRight, X } from "lucide-react";
import { useState, type ReactElement } from "react";
import { Chip, IconButton } from "@/design";
import { facetQuery } from "../list/api";
import { useLocal } from "../local-store";
import { isAdvanced, parse, print, printTerm, removeTerm, type Field, type Query } from "../query-language";
import type { FacetProps, FacetsProps } from "./facet-props";
import { KeysFacet } from "./facet-keys";
import { FacetSkeleton, OptionsFacet } from "./facet-options";
import { RangeFacet } from "./facet-range";

export function Facets(props: FacetsProps): ReactElement {
  const { fields, q, onChange } = props;
  const [opened, setOpened] = useLocal<Record<string, boolean>>(`facets.${props.entity}`, {});
  const { query } = parse(q);
  const change = (next: Query): void => onChange(print(next));
  const isOpened = ({ name }: Field): boolean => opened[name] ?? props.open.includes(name);
  const shown = fields.list
    .filter((field) => field.facet)
    .sort((a, b) => rank(a, props.open) - rank(b, props.open));
  const isSettled = useSettled(props, shown.filter(isOpened));
  const isKnown = shown.length > 0;
  return (
    <div className="flex flex-col">
      <div className="flex h-9 items-center justify-between border-b border-line px-3">
        <h2 className="font-semibold">Filters</h2>
        <IconButton label="Hide filters" shortcut="]" icon={X} size="compact" onPress={props.onClose} />
      </div>
      {query.length > 0 && <Edited query={query} q={q} onChange={onChange} />}
      {isKnown && !isSettled && <Waiting />}
      {isKnown &&
        isSettled &&
        shown.map((field) => {
          const isOpen = isOpened(field);
          const isSet = query.some((term) => term.kind === "field" && term.field.name === field.name);
          return (
            <Section
              key={field.name}
              title={field.label}
              help={field.help}
              isOpen={isOpen}
              isSet={isSet}
              onToggle={() => setOpened({ ...opened, [field.name]: !isOpen })}
            >
              <Body {...props} field={field} query={query} onQuery={change} />
            </Section>
          );
        })}
    </div>
  );
}

/** At first all open facets appear together, so that none is pushed down by one above it that comes later. */
function useSettled({ project, entity, scope, fields }: FacetsProps, open: Field[]): boolean {
  const [isSettled, setSettled] = useState(false);
  const answers = useQueries({
    queries: open.map(({ name }) => facetQuery(project, entity, name, isSettled ? null : scope, "")),
  });
  const isDone = fields.list.length > 0 && (scope === null || answers.every(({ isPending }) => !isPending));
  if (isDone && !isSettled) setSettled(true);
  return isSettled || isDone;
}

function Waiting(): ReactElement {
  return (
    <div aria-busy className="flex flex-col gap-6 px-2 py-3">
      {["a", "b", "c"].map((key) => (
        <FacetSkeleton key={key} />
      ))}
    </div>
  );
}

/** Those that are open at first stand first. */
function rank({ name }: Field, open: readonly string[]): number {
  const place = open.indexOf(name);
  return place < 0 ? open.length : place;
}

function Body(props: FacetProps): ReactElement {
  // The fields are known here: without a scope it is the filter that cannot be used.
  if (props.scope === null)
    return <p className="px-1 text-table text-3">Not while the filter cannot be read.</p>;
  if (props.field.facet === "range") return <RangeFacet {...props} />;
  return props.field.facet === "keys" ? <KeysFacet {...props} /> : <OptionsFacet {...props} />;
}

function Edited({
  query,
  q,
  onChange,
}: {
  query: Query;
  q: string;
  onChange: (q: string) => void;
}): ReactElement {
  return (
    <div className="flex flex-wrap gap-1 border-b border-line p-2" aria-label="Active filters" role="group">
      {query.map((term, index) => {
        const text = printTerm(term);
        return (
          <Chip
            key={`${text}/${index}`}
            tone={term.kind === "bad" ? "danger" : "accent"}
            removeLabel={`Remove filter ${text}`}
            onRemove={() => onChange(removeTerm(q, index))}
          >
            {text}
          </Chip>
        );
      })}
      {isAdvanced(query) && (
        <p className="w-full text-table text-3">Terms in brackets are edited in the search bar.</p>
      )}
    </div>
  );
}

type SectionProps = {
  title: string;
  help?: string | null;
  isOpen: boolean;
  isSet: boolean;
  onToggle: () => void;
  children: ReactElement;
};

function Section({ title, help, isOpen, isSet, onToggle, children }: SectionProps): ReactElement {
  const Arrow = isOpen ? ChevronDown : ChevronRight;
  return (
    <section className="border-b border-line">
      <h3>
        <button
          type="button"
          aria-expanded={isOpen}
          title={help ?? undefined}
          onClick={onToggle}
          className="focus-inset flex h-8 w-full items-center gap-1.5 px-2 text-table font-medium text-2 hover:text-1"
        >
          <Arrow size={14} aria-hidden className="text-3" />
          <span className={clsx("truncate", isSet && "text-accent")}>{title}</span>
          {isSet && <span className="sr-only">(filtered)</span>}
        </button>
      </h3>
      {isOpen && <div className="px-2 pb-2">{children}</div>}
    </section>
  );
}
