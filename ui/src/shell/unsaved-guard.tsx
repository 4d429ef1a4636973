// Asks before somebody leaves a form with changes; the question names it.
import { useBlocker } from "@tanstack/react-router";
import { lazy, type ReactElement, Suspense } from "react";
import { unsavedForms } from "@/design";

const UnsavedDialog = lazy(() => import("./unsaved-dialog"));

export function UnsavedGuard(): ReactElement | null {
  const blocker = useBlocker({
    shouldBlockFn: ({ current, next }) => current.pathname !== next.pathname && unsavedForms().length > 0,
    enableBeforeUnload: () => unsavedForms().length > 0,
    withResolver: true,
  });
  if (blocker.status !== "blocked") return null;
  return (
    <Suspense fallback={null}>
      <UnsavedDialog forms={unsavedForms()} onLeave={blocker.proceed} onStay={blocker.reset} />
    </Suspense>
  );
}
