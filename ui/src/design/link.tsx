// Links: inside the application they navigate without a reload (the shell gives the router), outside they are marked.
import clsx from "clsx";
import type { ReactElement, ReactNode, Ref } from "react";
import { Link as AriaLink, type LinkProps as AriaLinkProps } from "react-aria-components";
import { buttonClass, type ButtonVariant } from "./button";

export interface LinkProps extends Omit<AriaLinkProps, "className" | "style" | "children"> {
  /** A path of the application such as "/project/p1/traces?q=…", or a whole URL. */
  href: string;
  children?: ReactNode;
  className?: string;
  /** plain: no colour of its own; used for rows and cards. */
  look?: "link" | "plain" | ButtonVariant;
  size?: "compact";
  ref?: Ref<HTMLAnchorElement>;
}

export function Link({ look = "link", size, className, children, ...rest }: LinkProps): ReactElement {
  const outside = /^[a-z]+:/i.test(rest.href);
  const style =
    look === "link"
      ? clsx("rounded-control text-accent underline-offset-2 data-hovered:underline", className)
      : look === "plain"
        ? clsx("rounded-control", className)
        : buttonClass(look, size, className);
  return (
    <AriaLink
      {...rest}
      {...(outside ? { target: "_blank", rel: "noopener noreferrer nofollow" } : {})}
      className={style}
    >
      {children}
    </AriaLink>
  );
}
