// The body of a settings page: cards under each other, no wider than is read well. The navigation between the pages is
// the shell's.
import type { ReactElement, ReactNode } from "react";
import { ErrorState, Skeleton } from "@/design";
import { type Crumb, Page } from "@/kit/page";

export interface SettingsPageProps {
  title: string;
  crumbs?: readonly Crumb[];
  actions?: ReactNode;
  /** Tables need the whole width. */
  isWide?: boolean;
  children: ReactNode;
}

export function SettingsPage({
  title,
  crumbs = [],
  actions,
  isWide,
  children,
}: SettingsPageProps): ReactElement {
  return (
    <Page title={title} crumbs={crumbs} actions={actions}>
      <div className={`flex w-full flex-col gap-4 p-4 ${isWide ? "" : "max-w-200"}`}>{children}</div>
    </Page>
  );
}

interface AsksProps<T> {
  query: { data: T | undefined; error: unknown; refetch: () => unknown };
  /** Height of what comes, so that nothing moves. */
  height: string;
  children: (data: T) => ReactNode;
}

/** What a query gave, or its two other states. */
export function Asked<T>({ query, height, children }: AsksProps<T>): ReactElement {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) return <ErrorState compact error={query.error} onRetry={() => void query.refetch()} />;
  return <Skeleton height={height} />;
}

/** Instead of a page that the role may not use. */
export function NeedsRole({ what }: { what: string }): ReactElement {
  return (
    <p role="alert" className="p-4 text-2">
      Your role does not allow this. {what}
    </p>
  );
}

export { type Discard, useDiscard } from "./discard";
export { Fact } from "./fact";
