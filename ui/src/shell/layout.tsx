// The frame around every page of a signed-in person.
import { Outlet, useRouter, useRouterState } from "@tanstack/react-router";
import clsx from "clsx";
import { Menu as MenuIcon } from "lucide-react";
import { lazy, type ReactElement, Suspense, useEffect, useMemo, useState } from "react";
import { config, useBoot, useMaybeOrganization, useMaybeProject } from "@/api";
import { IconButton, toast } from "@/design";
import { useLocal } from "@/kit/local-store";
import { type PageSlots, PageSlotsContext } from "@/kit/page";
import { installShortcuts, useCommands } from "@/kit/registry";
import { paths, useGo, useShortAddress } from "@/kit/url";
import { LiveDot } from "./live-dot";
import { OfflineBar } from "./offline-bar";
import { applyFormats, useApplyPreferences } from "./preferences";
import { Sidebar } from "./sidebar";
import { UnsavedGuard } from "./unsaved-guard";
import { useGoCommands } from "./use-go-commands";

const Palette = lazy(() => import("./palette"));
const ShortcutsSheet = lazy(() => import("./shortcuts-sheet"));

export function Layout(): ReactElement {
  const boot = useBoot();
  const formats = applyFormats(boot);
  useApplyPreferences(boot.user.preferences);
  const [isRail, setRail] = useLocal("sidebar-rail", false);
  const [layer, setLayer] = useState<"palette" | "help" | null>(null);
  const [heading, setHeading] = useState<HTMLElement | null>(null);
  const [actions, setActions] = useState<HTMLElement | null>(null);
  const slots = useMemo((): PageSlots => ({ heading, actions }), [heading, actions]);
  const pathname = useRouterState({ select: (state) => state.location.pathname });
  const go = useGo();
  const router = useRouter();
  // The sheet of a small screen belongs to the page that it was opened on, so a navigation closes it.
  const [openAt, setOpenAt] = useState<string | null>(null);
  const isOpen = openAt === pathname;
  const setOpen = (open: boolean): void => setOpenAt(open ? pathname : null);

  useEffect(installShortcuts, []);
  useEffect(
    () =>
      router.subscribe("onResolved", ({ pathChanged }) => {
        const content = document.getElementById("content");
        if (content && pathChanged) content.scrollTop = 0;
      }),
    [router],
  );
  useNewerServer(boot.version);
  useGoCommands();
  useShortAddress();
  useCommands([
    {
      id: "palette",
      title: "Go to…",
      group: "Everywhere",
      shortcut: "mod+K",
      keyOnly: true,
      run: () => setLayer("palette"),
    },
    {
      id: "shortcuts",
      title: "Keyboard shortcuts",
      group: "Everywhere",
      shortcut: "?",
      run: () => setLayer("help"),
    },
    {
      id: "sidebar",
      title: isRail ? "Widen the sidebar" : "Narrow the sidebar",
      group: "Everywhere",
      shortcut: "[",
      run: () => setRail(!isRail),
    },
    { id: "projects", title: "All projects", group: "Go to", run: () => go(paths.picker()) },
    isOpen && {
      id: "sidebar.close",
      title: "Close the navigation",
      group: "Everywhere",
      shortcut: "Escape",
      keyOnly: true,
      run: () => setOpen(false),
    },
  ]);

  return (
    <div className="flex h-full min-h-0 bg-bg">
      <a
        href="#content"
        onClick={(event) => {
          // A plain fragment would be resolved against <base>.
          event.preventDefault();
          document.getElementById("content")?.focus();
        }}
        className="fixed top-2 left-2 z-50 -translate-y-16 rounded-control bg-accent px-3 py-1.5 text-on-accent focus:translate-y-0"
      >
        Skip to content
      </a>
      <Sidebar
        isRail={isRail}
        onRail={setRail}
        isOpen={isOpen}
        onClose={() => setOpen(false)}
        onPalette={() => setLayer("palette")}
        onHelp={() => setLayer("help")}
      />
      <div className="flex min-w-0 flex-1 flex-col">
        <header
          data-chrome
          className="flex min-h-11 shrink-0 flex-wrap items-center gap-x-3 gap-y-1 border-b border-line px-3 py-1"
        >
          <IconButton
            label="Navigation"
            icon={MenuIcon}
            onPress={() => setOpen(true)}
            className="lg:hidden!"
          />
          <div className="min-w-0 flex-1">
            <Whose isRail={isRail} />
            <div ref={setHeading} className="min-w-0" />
          </div>
          <LiveDot />
          <div ref={setActions} className="flex min-w-0 flex-wrap items-center gap-2" />
        </header>
        <OfflineBar />
        <main
          id="content"
          tabIndex={-1}
          className="flex min-h-0 min-w-0 flex-1 flex-col overflow-auto outline-none"
        >
          <PageSlotsContext value={slots} key={formats}>
            {heading && <Outlet />}
          </PageSlotsContext>
        </main>
      </div>
      <Suspense fallback={null}>
        {layer === "palette" && <Palette onClose={() => setLayer(null)} />}
        {layer === "help" && <ShortcutsSheet onClose={() => setLayer(null)} />}
      </Suspense>
      <UnsavedGuard />
    </div>
  );
}

/** The project or the organization that the page is about, where the sidebar does not name it. */
function Whose({ isRail }: { isRail: boolean }): ReactElement | null {
  const project = useMaybeProject()?.project;
  const organization = useMaybeOrganization();
  const name = project?.name ?? organization?.name;
  if (name === undefined) return null;
  return <p className={clsx("truncate text-caption text-3", !isRail && "lg:hidden")}>{name}</p>;
}

/** Old code against a new server mostly works; the reader chooses when to change. */
function useNewerServer(version: string): void {
  useEffect(() => {
    if (!config.version || !version || version === config.version) return undefined;
    return toast({
      title: `The server was updated to ${version}`,
      isSticky: true,
      action: { label: "Reload", run: () => location.reload() },
    });
  }, [version]);
}
