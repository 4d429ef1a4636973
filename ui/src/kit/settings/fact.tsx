// Something that is only to be read or copied, such as an id: no field, so that nobody tries to type into it.
import type { ReactElement } from "react";
import { CopyButton } from "@/design";

export function Fact({
  label,
  value,
  mono,
  copy,
}: {
  label: string;
  value: string;
  mono?: boolean;
  /** With a button that copies it. */
  copy?: boolean;
}): ReactElement {
  return (
    <dl className="flex flex-col gap-1">
      <dt className="font-medium text-1">{label}</dt>
      <dd className={`flex min-h-6 items-center gap-1 break-all text-2 ${mono ? "mono text-table" : ""}`}>
        {value}
        {copy && <CopyButton label={`Copy ${label.toLowerCase()}`} text={value} />}
      </dd>
    </dl>
  );
}
