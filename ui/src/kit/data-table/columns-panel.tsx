// Which columns, in which order, how wide, pinned or not: all that the header does with a pointer, for the keyboard too.
import { ArrowDown, ArrowUp, Columns3, Minus, Pin, PinOff, Plus } from "lucide-react";
import { useState, type ReactElement } from "react";
import { Button, Checkbox, IconButton, Popover, SearchField, Segmented } from "@/design";
import { clampWidth, moveColumn, toggleColumn, togglePin, type Column, type Taste } from "./columns";
import type { RowHeight } from "./data-table";

type Props<R> = {
  columns: Column<R>[];
  shown: readonly string[];
  onShown: (shown: string[] | null) => void;
  taste: Taste;
  onTaste: (change: (taste: Taste) => Taste) => void;
  height: RowHeight;
  onHeight: (height: RowHeight) => void;
  isOpen: boolean;
  onOpenChange: (open: boolean) => void;
};

export function ColumnsPanel<R>(props: Props<R>): ReactElement {
  const { columns, shown, onShown, taste, onTaste } = props;
  const [text, setText] = useState("");
  const wanted = text.toLowerCase();
  const all = columns.map(({ id }) => id);
  const visible = shown.flatMap((id) => columns.find((column) => column.id === id) ?? []);
  const hidden = columns.filter(({ id }) => !shown.includes(id));
  const suits = (column: Column<R>) =>
    column.label.toLowerCase().includes(wanted) || column.id.includes(wanted);
  const widen = (column: Column<R>, by: number) =>
    onTaste((now) => ({
      ...now,
      widths: { ...now.widths, [column.id]: clampWidth((now.widths[column.id] ?? column.width) + by) },
    }));
  return (
    <Popover
      label="Columns"
      placement="bottom end"
      isOpen={props.isOpen}
      onOpenChange={props.onOpenChange}
      trigger={<IconButton label="Columns and rows" icon={Columns3} shortcut="c" variant="default" />}
      className="w-90"
    >
      <div className="flex flex-col gap-2">
        <Segmented
          label="Row height"
          size="compact"
          value={props.height}
          onChange={props.onHeight}
          options={[
            { id: "compact", label: "Compact" },
            { id: "default", label: "Default" },
            { id: "tall", label: "Two lines" },
          ]}
        />
        <SearchField label="Find a column" placeholder="Find a column" value={text} onChange={setText} />
        <ul className="max-h-90 overflow-auto">
          {visible.filter(suits).map((column) => (
            <li key={column.id} className="flex items-center gap-0.5">
              <Checkbox
                isSelected
                onChange={() => onShown(toggleColumn(shown, column.id, all))}
                className="min-w-0 flex-1"
              >
                {column.label}
              </Checkbox>
              <IconButton
                plain
                size="compact"
                icon={Minus}
                label={`Narrower: ${column.label}`}
                onPress={() => widen(column, -32)}
              />
              <IconButton
                plain
                size="compact"
                icon={Plus}
                label={`Wider: ${column.label}`}
                onPress={() => widen(column, 32)}
              />
              <IconButton
                plain
                size="compact"
                icon={ArrowUp}
                label={`Move up: ${column.label}`}
                onPress={() => onShown(moveColumn(shown, column.id, -1))}
              />
              <IconButton
                plain
                size="compact"
                icon={ArrowDown}
                label={`Move down: ${column.label}`}
                onPress={() => onShown(moveColumn(shown, column.id, 1))}
              />
              <IconButton
                plain
                size="compact"
                icon={taste.pinned.includes(column.id) ? PinOff : Pin}
                label={
                  taste.pinned.includes(column.id) ? `Unpin: ${column.label}` : `Pin left: ${column.label}`
                }
                onPress={() => onTaste((now) => ({ ...now, pinned: togglePin(now.pinned, column.id) }))}
              />
            </li>
          ))}
          {hidden.filter(suits).map((column) => (
            <li key={column.id}>
              <Checkbox isSelected={false} onChange={() => onShown(toggleColumn(shown, column.id, all))}>
                {column.label}
              </Checkbox>
            </li>
          ))}
        </ul>
        <Button
          size="compact"
          onPress={() => {
            onShown(null);
            onTaste(() => ({ widths: {}, pinned: [] }));
          }}
        >
          Reset columns
        </Button>
      </div>
    </Popover>
  );
}
