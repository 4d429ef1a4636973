// Errors by kind, with their share of the observations of that type.
import type { ReactElement } from "react";
import { Link, TypeIcon } from "@/design";
import { ListCard, type View } from "@/kit/board";
import { ShareBar } from "@/kit/chart";
import { formatCount, formatShare } from "@/kit/format";
import { is, observationsHref, together, useMetrics } from "@/kit/metrics";
import { ERROR_TYPES, OBSERVATION_TYPES } from "./questions";
import { errorKinds, messageOf, type ErrorKind } from "./shapes";

export function Errors({ view }: { view: View }): ReactElement {
  const errors = useMetrics(view.projectId, ERROR_TYPES, view.scope);
  const types = useMetrics(view.projectId, OBSERVATION_TYPES, view.scope);
  const kinds = errors.data && types.data ? errorKinds(errors.data, types.data) : [];
  const most = Math.max(...kinds.map(({ count }) => count), 0);
  return (
    <ListCard<ErrorKind>
      title="Errors by kind"
      state={together(errors, types)}
      rows={kinds}
      rowKey={(kind) => `${kind.type} ${kind.name}`}
      emptyText="No observation failed in this range."
      columns={[
        {
          id: "name",
          label: "Error",
          className: "min-w-32",
          render: (kind) => <ErrorLink view={view} kind={kind} />,
        },
        {
          id: "type",
          label: "In",
          wide: true,
          render: ({ type }) => <span className="text-2">{type.toLowerCase()}</span>,
        },
        {
          id: "count",
          label: "Count",
          align: "right",
          render: ({ count }) => (
            <ShareBar value={count} of={most}>
              {formatCount(count)}
            </ShareBar>
          ),
        },
        { id: "rate", label: "Rate", align: "right", render: ({ rate }) => formatShare(rate) },
      ]}
    />
  );
}

function ErrorLink({ view, kind }: { view: View; kind: ErrorKind }): ReactElement {
  const terms = [is("level", "ERROR"), is("type", kind.type), ...messageOf(kind.name)];
  return (
    <Link
      href={observationsHref(view.place, terms, [is("level", "ERROR")])}
      className="flex items-center gap-1.5"
    >
      <TypeIcon type={kind.type} />
      <span className="line-clamp-2">{kind.name}</span>
    </Link>
  );
}
