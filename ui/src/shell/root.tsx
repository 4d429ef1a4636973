// Around every page, signed in or not: links that navigate, toasts, announcements.
import { Outlet, useRouter } from "@tanstack/react-router";
import { type ReactElement, useEffect, useState } from "react";
import { I18nProvider, RouterProvider } from "react-aria-components";
import { ToastRegion } from "@/design";
import { useGo, withBase } from "@/kit/url";

export function Root(): ReactElement {
  const router = useRouter();
  const go = useGo();
  const isLocal = (href: string): boolean => href.startsWith("/") && !href.startsWith("//");
  return (
    // The component kit's own words are English as ours are; numbers and times have their own setting.
    <I18nProvider locale="en-US">
      <RouterProvider
        navigate={(path) => go(path)}
        useHref={(href) => (isLocal(href) ? withBase(href, router.basepath) : href)}
      >
        <Outlet />
        <ToastRegion />
        <Announcer />
      </RouterProvider>
    </I18nProvider>
  );
}

/** Tells a screen reader where a navigation led, which without a page load nothing else would. */
function Announcer(): ReactElement {
  const router = useRouter();
  const [text, setText] = useState("");
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = router.subscribe("onResolved", ({ pathChanged }) => {
      if (!pathChanged) return;
      clearTimeout(timer);
      // The page sets its title when it is there.
      timer = setTimeout(() => setText(document.title), 300);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [router]);
  return (
    <div role="status" aria-live="polite" aria-label="Page" className="sr-only">
      {text}
    </div>
  );
}

/** While the first data of a page is on its way: nothing that moves, the final colours. */
export function PendingPage(): ReactElement {
  return (
    <div role="status" className="flex flex-1 items-center justify-center p-6 text-3">
      Loading
    </div>
  );
}
