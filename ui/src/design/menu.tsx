// Menus: <MenuTrigger trigger={<Button/>}><MenuItem onAction=…>Open</MenuItem></MenuTrigger>.
import { Check, type LucideIcon } from "lucide-react";
import clsx from "clsx";
import type { ReactElement, ReactNode } from "react";
import {
  Header,
  Menu as AriaMenu,
  MenuItem as AriaMenuItem,
  type MenuItemProps as AriaMenuItemProps,
  type MenuProps as AriaMenuProps,
  MenuSection as AriaMenuSection,
  MenuTrigger as AriaMenuTrigger,
  type PopoverProps,
  Separator,
} from "react-aria-components";
import { Kbd } from "./kbd";
import { Layer } from "./popover";

export interface MenuItemProps extends Omit<AriaMenuItemProps, "className" | "style" | "children"> {
  icon?: LucideIcon;
  tone?: "danger";
  shortcut?: string;
  description?: ReactNode;
  children: ReactNode;
}

export function MenuItem({
  icon: Icon,
  tone,
  shortcut,
  description,
  children,
  ...rest
}: MenuItemProps): ReactElement {
  return (
    <AriaMenuItem
      {...rest}
      textValue={rest.textValue ?? (typeof children === "string" ? children : undefined)}
      className={clsx(
        "flex min-h-7 items-center gap-2 rounded-control px-2 py-1 outline-none select-none",
        "data-focused:bg-s2 data-disabled:opacity-50",
        tone === "danger" && "text-danger",
      )}
    >
      {({ isSelected, selectionMode }) => (
        <>
          {selectionMode !== "none" && (
            <Check size={14} aria-hidden className={clsx(!isSelected && "invisible")} />
          )}
          {Icon && <Icon size={14} aria-hidden className="shrink-0" />}
          <span className="min-w-0 flex-1">
            <span className="block truncate">{children}</span>
            {description && <span className="block text-table text-3">{description}</span>}
          </span>
          {shortcut && <Kbd keys={shortcut} />}
        </>
      )}
    </AriaMenuItem>
  );
}

export function MenuSection({ title, children }: { title: string; children: ReactNode }): ReactElement {
  return (
    <AriaMenuSection>
      <Header className="px-2 pt-2 pb-1 text-caption font-semibold text-3">{title}</Header>
      {children}
    </AriaMenuSection>
  );
}

export function MenuSeparator(): ReactElement {
  return <Separator className="my-1 border-t border-line" />;
}

export function Menu<T extends object>({
  className,
  ...rest
}: Omit<AriaMenuProps<T>, "style"> & { className?: string }): ReactElement {
  return <AriaMenu {...rest} className={clsx("min-w-44 p-1 outline-none", className)} />;
}

export interface MenuTriggerProps extends Pick<
  AriaMenuProps<object>,
  "onAction" | "selectionMode" | "selectedKeys" | "onSelectionChange" | "disabledKeys" | "items"
> {
  trigger: ReactElement;
  /** Name of the menu; without it the trigger names it. */
  label?: string;
  placement?: PopoverProps["placement"];
  isOpen?: boolean;
  onOpenChange?: (open: boolean) => void;
  children: ReactNode;
}

export function MenuTrigger({
  trigger,
  label,
  placement,
  isOpen,
  onOpenChange,
  children,
  ...menu
}: MenuTriggerProps): ReactElement {
  return (
    <AriaMenuTrigger isOpen={isOpen} onOpenChange={onOpenChange}>
      {trigger}
      <Layer placement={placement ?? "bottom start"}>
        <Menu {...menu} {...(label ? { "aria-label": label } : {})}>
          {children}
        </Menu>
      </Layer>
    </AriaMenuTrigger>
  );
}
