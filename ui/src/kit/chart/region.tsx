// The states of a card, in the geometry of what it will show: it loads alone and fails alone.
import clsx from "clsx";
import type { ReactElement, ReactNode } from "react";
import { ErrorState, Skeleton } from "@/design";

type Props = {
  state: { error: unknown; isLoading: boolean; isStale: boolean; retry: () => void };
  /** Of the skeleton, a CSS length. */
  height: string;
  children: () => ReactNode;
};

export function Region({ state, height, children }: Props): ReactElement {
  if (state.error) return <ErrorState compact error={state.error} onRetry={state.retry} />;
  if (state.isLoading) {
    return (
      <div aria-busy>
        <Skeleton height={height} />
      </div>
    );
  }
  return (
    <div className={clsx("transition-opacity", state.isStale && "opacity-60")} aria-busy={state.isStale}>
      {children()}
    </div>
  );
}
