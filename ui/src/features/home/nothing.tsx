// When there is no trace at all: why, and what to do about it.
import { TimerOff } from "lucide-react";
import type { ReactElement } from "react";
import { Button, Card, EmptyState, Link } from "@/design";
import { NUMBERS, type View } from "@/kit/board";
import { numberOf, useMetrics } from "@/kit/metrics";
import { paths } from "@/kit/url";
import { CATEGORIES, OBSERVATION_TYPES, SCORES } from "./questions";

type Props = { view: View; onChange: (change: { q?: string; range?: string }) => void };

/** Whether no trace, no observation and no score is there to be shown. The cards ask the same questions. */
export function useIsNothing(view: View | null): boolean {
  const projectId = view?.projectId ?? "";
  const scope = view?.scope ?? null;
  const numbers = useMetrics(projectId, NUMBERS, scope);
  const rest = [
    useMetrics(projectId, OBSERVATION_TYPES, scope),
    useMetrics(projectId, SCORES, scope),
    useMetrics(projectId, CATEGORIES, scope),
  ];
  if (numbers.isPlaceholderData || numberOf(numbers.data?.data[0], "count_count") !== 0) return false;
  return rest.every(({ data, isPlaceholderData }) => !isPlaceholderData && data?.data.length === 0);
}

export function Nothing({ view, onChange }: Props): ReactElement {
  const isFiltered = view.place.query.length > 0;
  return (
    <Card>
      <EmptyState
        icon={TimerOff}
        title={isFiltered ? "No trace meets this filter" : "No traces in this range"}
        action={
          <>
            {isFiltered && (
              <Button variant="primary" onPress={() => onChange({ q: "" })}>
                Clear the filter
              </Button>
            )}
            {view.place.range !== "all" && (
              <Button onPress={() => onChange({ range: "all" })}>Show all time</Button>
            )}
            {!isFiltered && (
              <Link look="default" href={paths.setup(view.projectId)}>
                Send a trace
              </Link>
            )}
          </>
        }
      >
        {isFiltered ? "Loosen it, or take a longer range." : "Look further back, or send the first one."}
      </EmptyState>
    </Card>
  );
}
