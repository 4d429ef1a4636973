// The facet sidebar: one more editor of the same query. Only open facets ask the server.
import clsx from "clsx";
import { ChevronDown, ChevronRight, X } from "lucide-react";
import type { ReactElement } from "react";
import { Chip, IconButton } from "@/design";
import { useLocal } from "../local-store";
import { isAdvanced, parse, print, printTerm, removeTerm, type Field, type Query } from "../query-language";
import type { FacetProps, FacetsProps } from "./facet-props";
import { KeysFacet } from "./facet-keys";
import { OptionsFacet } from "./facet-options";
import { RangeFacet } from "./facet-range";

export function Facets(props: FacetsProps): ReactElement {
  const { fields, q, onChange } = props;
  const [opened, setOpened] = useLocal<Record<string, boolean>>(`facets.${props.entity}`, {});
  const { query } = parse(q);
  const change = (next: Query): void => onChange(print(next));
  return (
    <div className="flex flex-col">
      <div className="flex h-9 items-center justify-between border-b border-line px-3">
        <h2 className="font-semibold">Filters</h2>
        <IconButton label="Hide filters" shortcut="]" icon={X} size="compact" onPress={props.onClose} />
      </div>
      {query.length > 0 && <Edited query={query} q={q} onChange={onChange} />}
      {fields.list
        .filter((field) => field.facet)
        .sort((a, b) => rank(a, props.open) - rank(b, props.open))
        .map((field) => {
          const isOpen = opened[field.name] ?? props.open.includes(field.name);
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
