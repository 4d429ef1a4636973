// Pages for what went wrong: not here, not allowed, broken, or a tab older than the server.
import { CircleSlash, Lock, RefreshCw, SearchX, ServerCrash, type LucideIcon } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { ApiError } from "@/api";
import { Button, CopyButton, Link } from "@/design";
import { useDocumentTitle } from "@/kit/page";
import { isMissingChunk } from "./stale-tab";

interface FailureProps {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  actions?: ReactNode;
}

function Failure({ icon: Icon, title, children, actions }: FailureProps): ReactElement {
  useDocumentTitle(title);
  return (
    <div className="flex min-h-full flex-1 items-center justify-center p-6">
      <div role="alert" className="flex max-w-120 flex-col items-start gap-3">
        <Icon size={24} aria-hidden className="text-3" />
        <h1 className="text-title font-semibold">{title}</h1>
        <div className="flex flex-col gap-2 text-form text-2">{children}</div>
        <div className="mt-2 flex flex-wrap gap-2">{actions}</div>
      </div>
    </div>
  );
}

const home = (
  <Link look="default" href="/">
    Go to projects
  </Link>
);

export function NotFoundPage(): ReactElement {
  return (
    <Failure icon={SearchX} title="Not here, or not yours" actions={home}>
      <p>
        The address points to nothing that you can see. It may have been deleted, or belong to a project
        without you.
      </p>
    </Failure>
  );
}

export function ForbiddenPage({ needs }: { needs?: string }): ReactElement {
  return (
    <Failure icon={Lock} title="Your role does not allow this" actions={home}>
      <p>{needs ?? "Ask an owner or administrator of the organization for a role that does."}</p>
    </Failure>
  );
}

export function StaleTabPage(): ReactElement {
  return (
    <Failure
      icon={RefreshCw}
      title="This tab is older than the server"
      actions={
        <Button variant="primary" onPress={() => location.reload()}>
          Reload
        </Button>
      }
    >
      <p>
        The server was updated, and a part of this page is gone from it. Reloading once did not help; try
        again in a moment.
      </p>
    </Failure>
  );
}

export function BrokenPage({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactElement {
  const message = error instanceof Error ? error.message : String(error);
  const request = error instanceof ApiError ? error.requestId : undefined;
  return (
    <Failure
      icon={error instanceof ApiError ? ServerCrash : CircleSlash}
      title="This page could not be shown"
      actions={
        <>
          <Button variant="primary" onPress={onRetry}>
            Retry
          </Button>
          <CopyButton
            labelled
            label="Copy details"
            size={undefined}
            text={[message, request && `request ${request}`, location.href].filter(Boolean).join("\n")}
          />
          {home}
        </>
      }
    >
      <p>{message}</p>
      {error instanceof ApiError && error.hint && <p>{error.hint}</p>}
      {request && <p className="mono text-table text-3">Request {request}</p>}
    </Failure>
  );
}

/** The right page for whatever was thrown. */
export function FailurePage({ error, onRetry }: { error: unknown; onRetry: () => void }): ReactElement {
  if (isMissingChunk(error)) return <StaleTabPage />;
  if (error instanceof ApiError && error.status === 403) return <ForbiddenPage needs={error.hint} />;
  if (error instanceof ApiError && error.status === 404) return <NotFoundPage />;
  return <BrokenPage error={error} onRetry={onRetry} />;
}
