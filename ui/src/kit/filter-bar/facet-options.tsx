// Values with counts under the other filters: tick to include, the sign at the right to exclude.
import clsx from "clsx";
import { Ban } from "lucide-react";
import { useState, type ReactElement } from "react";
import { Checkbox, ErrorState, SearchField, Skeleton } from "@/design";
import { formatCount } from "../format";
import { useFacet, type FacetOption } from "../list/api";
import { choiceOf, choose, type Choice } from "../query-language";
import type { FacetProps } from "./facet-props";

export function OptionsFacet({ project, entity, field, scope, query, onQuery }: FacetProps): ReactElement {
  const [search, setSearch] = useState("");
  const { data, error, isPending, refetch } = useFacet(project, entity, field.name, scope, search);
  const ref = { name: field.name };
  const choice = choiceOf(query, ref);
  if (!choice.isPlain)
    return <p className="px-1 text-table text-3">Advanced filter: edit it in the search bar.</p>;
  if (error && !data) return <ErrorState compact error={error} onRetry={() => void refetch()} />;
  if (isPending && !data) return <FacetSkeleton />;
  const options = withChosen(data?.facet?.options ?? [], choice, search);
  const isLong = data?.facet?.more === true || search !== "";
  return (
    <div className="flex flex-col gap-1">
      {isLong && (
        <SearchField
          label={`Find in ${field.label}`}
          placeholder="Find a value"
          value={search}
          onChange={setSearch}
        />
      )}
      <ul>
        {options.map((option) => (
          <OptionRow
            key={option.value}
            option={option}
            isIn={choice.included.includes(option.value)}
            isOut={choice.excluded.includes(option.value)}
            isEstimated={data?.isEstimated ?? false}
            onChoose={(how) => onQuery(choose(query, ref, option.value, how))}
          />
        ))}
      </ul>
      {options.length === 0 && (
        <p className="px-1 text-table text-3">{search === "" ? "No values here" : "Nothing matches"}</p>
      )}
      {data?.facet?.partial && <p className="px-1 text-caption text-3">Counted in the newest part only.</p>}
      {data?.facet?.more && search === "" && (
        <p className="px-1 text-caption text-3">The most frequent 20; find others above.</p>
      )}
    </div>
  );
}

/** What is chosen stays visible though it has no rows now. */
function withChosen(
  options: FacetOption[],
  { included, excluded }: Choice,
  search: string,
): (Omit<FacetOption, "count"> & { count?: number })[] {
  const known = new Set(options.map(({ value }) => value));
  const missing = search === "" ? [...included, ...excluded].filter((value) => !known.has(value)) : [];
  return [...options, ...missing.map((value) => ({ value }))];
}

type OptionRowProps = {
  option: { value: string; count?: number };
  isIn: boolean;
  isOut: boolean;
  isEstimated: boolean;
  onChoose: (how: "include" | "exclude" | "none") => void;
};

function OptionRow({ option, isIn, isOut, isEstimated, onChoose }: OptionRowProps): ReactElement {
  const name = option.value === "" ? "(empty)" : option.value;
  return (
    <li className="group/option flex h-6 items-center rounded-control hover:bg-s2">
      <Checkbox
        isSelected={isIn}
        onChange={(isOn) => onChoose(isOn ? "include" : "none")}
        label={`Include ${name}`}
        className="shrink-0"
      />
      <button
        type="button"
        tabIndex={-1}
        title={name}
        className={clsx("min-w-0 flex-1 truncate px-1 text-left text-table", isOut && "text-3 line-through")}
        onClick={() => onChoose(isIn || isOut ? "none" : "include")}
      >
        {name}
      </button>
      <button
        type="button"
        aria-pressed={isOut}
        aria-label={`Exclude ${name}`}
        title={`Exclude ${name}`}
        className={clsx(
          "flex size-6 shrink-0 items-center justify-center rounded-control",
          isOut
            ? "text-danger"
            : "text-3 opacity-0 group-hover/option:opacity-100 hover:text-1 focus-visible:opacity-100",
        )}
        onClick={() => onChoose(isOut ? "none" : "exclude")}
      >
        <Ban size={12} aria-hidden />
      </button>
      {option.count !== undefined && (
        <span className="tabular shrink-0 pr-1 text-table text-3">
          {formatCount(option.count, { estimated: isEstimated })}
        </span>
      )}
    </li>
  );
}

export function FacetSkeleton(): ReactElement {
  return (
    <div className="flex flex-col gap-2 px-1 py-1" aria-hidden>
      {["70%", "55%", "62%"].map((width) => (
        <Skeleton key={width} width={width} height="0.75rem" />
      ))}
    </div>
  );
}
