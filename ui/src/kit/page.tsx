// The frame of a page: heading, crumbs and controls go into the shell's top bar, the title into the tab.
import { ChevronRight } from "lucide-react";
import { createContext, Fragment, type ReactElement, type ReactNode, useContext, useEffect } from "react";
import { createPortal } from "react-dom";
import { useMaybeProject } from "@/api";
import { Link } from "@/design";
import { WORDS } from "./words";

export interface PageSlots {
  heading: HTMLElement | null;
  actions: HTMLElement | null;
}

/** Given by the shell; without one (tests, the sign-in pages) the heading stands above the page. */
export const PageSlotsContext = createContext<PageSlots | null>(null);

export interface Crumb {
  label: string;
  href: string;
}

export interface PageProps {
  /** The one h1. */
  title: string;
  /** What leads here, without the project; the shell shows organization and project itself. */
  crumbs?: readonly Crumb[];
  /** Beside the title: an id with a copy button, a status. */
  beside?: ReactNode;
  /** Right end of the top bar: time range, live, the page's main button. */
  actions?: ReactNode;
  /** Where the tab needs more than the title, such as "4bf92f35 · checkout". */
  documentTitle?: string;
  children: ReactNode;
}

/** Sets the title of the tab: "4bf92f35 · Traces · shop · Spyglass" while the component is there. */
export function useDocumentTitle(...parts: (string | null | undefined)[]): void {
  const project = useMaybeProject()?.project.name;
  const text = [...parts, project, WORDS.product].filter(Boolean).join(" \u00b7 ");
  useEffect(() => {
    document.title = text;
  }, [text]);
}

export function Page({
  title,
  crumbs = [],
  beside,
  actions,
  documentTitle,
  children,
}: PageProps): ReactElement {
  const slots = useContext(PageSlotsContext);
  useDocumentTitle(documentTitle ?? title, ...crumbs.map(({ label }) => label).toReversed());
  const heading = (
    <div className="flex min-w-0 items-center gap-1.5">
      {crumbs.map(({ label, href }) => (
        <Fragment key={href}>
          <Link look="plain" href={href} className="shrink-0 text-2 data-hovered:text-1 max-md:hidden">
            {label}
          </Link>
          <ChevronRight size={14} aria-hidden className="shrink-0 text-3 max-md:hidden" />
        </Fragment>
      ))}
      <h1 className="min-w-0 truncate text-form font-semibold">{title}</h1>
      {beside}
    </div>
  );
  const controls = actions && <div className="flex min-w-0 items-center gap-2">{actions}</div>;
  return (
    <>
      {slots && (
        <p aria-hidden className="hidden px-3 pt-3 text-title font-semibold print:block">
          {title}
        </p>
      )}
      {slots?.heading ? createPortal(heading, slots.heading) : slots ? null : heading}
      {slots?.actions ? createPortal(controls, slots.actions) : slots ? null : controls}
      {children}
    </>
  );
}
