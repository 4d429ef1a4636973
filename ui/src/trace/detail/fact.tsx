// One fact of a head: a name and a value. Inside of a <dl>.
import type { ReactElement, ReactNode } from "react";

export function Fact({
  label,
  title,
  children,
}: {
  label: string;
  title?: string;
  children: ReactNode;
}): ReactElement {
  return (
    <div className="inline-flex min-w-0 items-baseline gap-1" title={title}>
      <dt className="shrink-0 text-3">{label}</dt>
      <dd className="tabular min-w-0 truncate">{children}</dd>
    </div>
  );
}
