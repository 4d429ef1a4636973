// Tabs: the list only mounts the panel that is open.
import clsx from "clsx";
import type { ReactElement, ReactNode } from "react";
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from "react-aria-components";

export interface TabItem<T extends string = string> {
  id: T;
  label: string;
  count?: number | string;
  isDisabled?: boolean;
}

export interface TabsProps<T extends string> {
  label: string;
  items: readonly TabItem<T>[];
  selected: T;
  onChange: (id: T) => void;
  /** Content of the open tab. */
  children: ReactNode | ((id: T) => ReactNode);
  /** Right of the tabs, on the same line. */
  actions?: ReactNode;
  className?: string;
  panelClass?: string;
}

export function Tabs<T extends string>({
  label,
  items,
  selected,
  onChange,
  children,
  actions,
  className,
  panelClass,
}: TabsProps<T>): ReactElement {
  return (
    <AriaTabs
      selectedKey={selected}
      onSelectionChange={(key) => onChange(key as T)}
      className={clsx("flex min-w-0 flex-col", className)}
    >
      <div className="flex shrink-0 flex-wrap items-center justify-between gap-x-2 border-b border-line">
        <TabList
          aria-label={label}
          className="flex max-w-full min-w-0 gap-1 overflow-x-auto px-2 max-sm:shrink-0"
        >
          {items.map((item) => (
            <Tab
              key={item.id}
              id={item.id}
              isDisabled={item.isDisabled}
              className={clsx(
                "focus-inset flex h-8 items-center gap-1.5 border-b-2 border-transparent px-2 font-medium whitespace-nowrap text-2 select-none",
                "data-hovered:text-1 data-selected:border-accent data-selected:text-1 data-disabled:opacity-50",
              )}
            >
              {item.label}
              {item.count !== undefined && <span className="tabular text-table text-3">{item.count}</span>}
            </Tab>
          ))}
        </TabList>
        {actions && (
          <div className="flex shrink-0 items-center gap-1 py-0.5 pr-2 max-sm:ml-auto">{actions}</div>
        )}
      </div>
      {items.map((item) => (
        <TabPanel
          key={item.id}
          id={item.id}
          className={clsx("focus-inset min-h-0 flex-1 overflow-auto", panelClass)}
        >
          {typeof children === "function" ? children(item.id) : children}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
