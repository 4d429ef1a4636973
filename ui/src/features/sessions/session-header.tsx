// Who talked, how long, and what it cost.
import type { ReactElement, ReactNode } from "react";
import { Badge, Link, Skeleton } from "@/design";
import {
  formatCost,
  formatCount,
  formatDuration,
  formatPlural,
  formatScore,
  formatTime,
  formatTokenPair,
} from "@/kit/format";
import { paths } from "@/kit/url";
import type { Session } from "./session-queries";

/** As high as the header with one line. */
export function SessionHeaderSkeleton(): ReactElement {
  return (
    <div className="flex min-h-10 items-center border-b border-line px-4">
      <Skeleton width="32rem" />
    </div>
  );
}

export function SessionHeader({ projectId, session }: { projectId: string; session: Session }): ReactElement {
  const { first, last, users, traces, errors, tokens, cost, environments, tags, scores } = session;
  const seconds = (Date.parse(last) - Date.parse(first)) / 1000;
  return (
    <dl className="flex min-h-10 flex-wrap items-center gap-x-5 gap-y-1 border-b border-line px-4 py-1.5 text-table">
      <Fact name={users.length === 1 ? "User" : "Users"}>
        {users.length === 0 && "\u2013"}
        {users.slice(0, 3).map((user) => (
          <Link key={user} href={paths.user(projectId, user)} className="mr-1">
            {user}
          </Link>
        ))}
        {users.length > 3 && `and ${users.length - 3} more`}
      </Fact>
      <Fact name="Started">{formatTime(first)}</Fact>
      <Fact name="Duration">{formatDuration(seconds)}</Fact>
      <Fact name="Turns">{formatCount(traces)}</Fact>
      <Fact name="Tokens">{tokens ? formatTokenPair(tokens.in, tokens.out, tokens.cached) : "\u2013"}</Fact>
      <Fact name="Cost">{formatCost(cost)}</Fact>
      {environments.length > 0 && <Fact name="Environment">{environments.join(", ")}</Fact>}
      {errors > 0 && <Badge tone="danger">{formatPlural(errors, "error")}</Badge>}
      {tags.map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
      {scores.map((score) => (
        <Badge key={score.id} tone="info" title={score.comment ?? undefined}>
          {score.name} {formatScore({ value: score.value, text: score.stringValue, type: score.dataType })}
        </Badge>
      ))}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div className="flex items-baseline gap-1.5">
      <dt className="text-3">{name}</dt>
      <dd className="tabular">{children}</dd>
    </div>
  );
}
