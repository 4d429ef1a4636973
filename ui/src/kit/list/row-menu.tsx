// The menu of one row: open it, copy it, filter by what it says, and what its own list adds.
import { Copy, ExternalLink, Filter, Link2, Maximize2, PanelRight, type LucideIcon } from "lucide-react";
import { useMemo, type ReactElement } from "react";
import { copyText, Layer, Menu, MenuItem, MenuSection, MenuSeparator, toast } from "@/design";
import type { Column } from "../data-table";
import { withBase } from "../url";
import type { List } from "./use-list";

export type RowAction = { id: string; label: string; icon: LucideIcon; tone?: "danger"; run: () => void };

type Props<R> = {
  list: List<R>;
  /** The row, and what the menu hangs at; null while it is closed. */
  at: { row: R; anchor: HTMLElement } | null;
  onClose: () => void;
  onPeek?: (row: R) => void;
  onPage?: (row: R) => void;
  hrefOf?: (row: R) => string;
  actions?: (row: R) => readonly RowAction[];
};

export function RowMenu<R>(props: Props<R>): ReactElement | null {
  const { at, onClose } = props;
  const anchor = useMemo(() => ({ current: at?.anchor ?? null }), [at]);
  if (!at) return null;
  return (
    <Layer
      aria-label="Actions"
      triggerRef={anchor}
      isOpen
      onOpenChange={(isOpen) => !isOpen && onClose()}
      placement="bottom end"
      className="max-w-80"
    >
      <Items {...props} row={at.row} />
    </Layer>
  );
}

function Items<R>({
  row,
  list,
  onClose,
  onPeek,
  onPage,
  hrefOf,
  actions,
}: Props<R> & { row: R }): ReactElement {
  const filters = useMemo(() => filtersOf(list.allColumns, row), [list.allColumns, row]);
  const own = actions?.(row) ?? [];
  const copy = (text: string, done: string) => () =>
    void copyText(text).then((ok) => toast(ok ? done : "The browser did not allow copying"));
  const address = hrefOf && withBase(hrefOf(row), new URL(document.baseURI).pathname);
  return (
    <Menu aria-label="Actions" autoFocus="first" onClose={onClose}>
      {onPeek && (
        <MenuItem icon={PanelRight} shortcut="Enter" onAction={() => onPeek(row)}>
          Open beside the list
        </MenuItem>
      )}
      {onPage && (
        <MenuItem icon={Maximize2} shortcut="o" onAction={() => onPage(row)}>
          Open page
        </MenuItem>
      )}
      {address !== undefined && (
        <MenuItem
          icon={ExternalLink}
          shortcut="mod+Enter"
          onAction={() => window.open(address, "_blank", "noopener")}
        >
          Open in a new tab
        </MenuItem>
      )}
      <MenuSeparator />
      <MenuItem icon={Copy} shortcut="shift+y" onAction={copy(list.rowId(row), "Id copied")}>
        Copy id
      </MenuItem>
      {address !== undefined && (
        <MenuItem icon={Link2} onAction={copy(location.origin + address, "Link copied")}>
          Copy link
        </MenuItem>
      )}
      {filters.length > 0 && (
        <MenuSection title="Filter by">
          {filters.map((column) => (
            <MenuItem
              key={column.id}
              id={`filter ${column.id}`}
              icon={Filter}
              textValue={`${column.label} ${column.copy?.(row) ?? ""}`}
              onAction={() => list.onCell(row, column, "for")}
            >
              <span className="text-3">{column.label}</span> {column.copy?.(row)}
            </MenuItem>
          ))}
        </MenuSection>
      )}
      {own.length > 0 && <MenuSeparator />}
      {own.map(({ id, label, icon, tone, run }) => (
        <MenuItem key={id} id={id} icon={icon} tone={tone} onAction={run}>
          {label}
        </MenuItem>
      ))}
    </Menu>
  );
}

/** What one filters by most, of what the row says; the cells themselves offer the rest. */
const FILTERED = ["name", "user", "users", "session", "env", "model", "models", "type", "level"];

function filtersOf<R>(columns: readonly Column<R>[], row: R): Column<R>[] {
  return FILTERED.flatMap((id) => columns.find((column) => column.id === id) ?? []).filter((column) =>
    column.condition?.(row),
  );
}
