// The command palette: type, choose with the arrows, Enter.
import clsx from "clsx";
import { Search } from "lucide-react";
import { type KeyboardEvent, type ReactElement, useEffect, useId, useState } from "react";
import { Dialog as AriaDialog, Modal, ModalOverlay } from "react-aria-components";
import { Kbd, ProgressLine } from "@/design";
import { type PaletteItem, usePaletteGroups } from "./palette-items";

export default function Palette({ onClose }: { onClose: () => void }): ReactElement {
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(0);
  const id = useId();
  const { groups, isLoading } = usePaletteGroups(typed);
  const items = groups.flatMap((group) => group.items);
  const at = Math.min(active, Math.max(0, items.length - 1));
  const optionId = (index: number): string => `${id}-${index}`;

  useEffect(() => {
    document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [id, at]);

  function choose(item: PaletteItem | undefined): void {
    if (!item) return;
    onClose();
    // After the layer is gone, so that what the command opens may take the focus.
    setTimeout(item.run, 0);
  }
  function onKeyDown(event: KeyboardEvent): void {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 8, PageUp: at - 8 }[event.key];
    if (to !== undefined && items.length > 0) {
      event.preventDefault();
      const isStep = event.key.startsWith("Arrow");
      setActive(isStep ? (to + items.length) % items.length : Math.min(items.length - 1, Math.max(0, to)));
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      event.preventDefault();
      choose(items[at]);
    }
  }

  const starts = groups.map((_, index) =>
    groups.slice(0, index).reduce((sum, group) => sum + group.items.length, 0),
  );
  return (
    <ModalOverlay
      isOpen
      isDismissable
      onOpenChange={(open) => !open && onClose()}
      className="fixed inset-0 z-40 flex justify-center bg-scrim p-4 md:pt-24"
    >
      <Modal className="flex max-h-140 w-full max-w-160 flex-col self-start overflow-hidden rounded-card border border-line bg-bg shadow-float">
        <AriaDialog aria-label="Go to" className="flex min-h-0 flex-col outline-none">
          <div className="flex items-center gap-2 px-3">
            <Search size={16} aria-hidden className="shrink-0 text-3" />
            <input
              role="combobox"
              aria-label="Go to a page, an action or an id"
              aria-expanded={items.length > 0}
              aria-controls={`${id}-list`}
              aria-activedescendant={items.length > 0 ? optionId(at) : undefined}
              aria-autocomplete="list"
              autoFocus
              autoComplete="off"
              spellCheck={false}
              placeholder="Page, action, id or address"
              value={typed}
              onChange={(event) => (setTyped(event.target.value), setActive(0))}
              onKeyDown={onKeyDown}
              className="h-11 min-w-0 flex-1 bg-transparent text-form outline-none"
            />
            <Kbd keys="Escape" />
          </div>
          <ProgressLine isActive={isLoading} />
          <div
            id={`${id}-list`}
            role="listbox"
            aria-label="Results"
            className="min-h-0 flex-1 overflow-y-auto border-t border-line p-1"
          >
            {groups.map((group, groupIndex) => (
              <div key={group.title} role="group" aria-label={group.title}>
                <p aria-hidden className="px-2 pt-2 pb-1 text-caption font-semibold text-3">
                  {group.title}
                </p>
                {group.items.map((item, itemIndex) => {
                  const own = starts[groupIndex]! + itemIndex;
                  return (
                    <Row
                      key={item.id}
                      id={optionId(own)}
                      item={item}
                      isActive={own === at}
                      onHover={() => setActive(own)}
                      onChoose={() => choose(item)}
                    />
                  );
                })}
              </div>
            ))}
          </div>
          {items.length === 0 && (
            <p className="px-3 pb-4 text-3">{isLoading ? "Looking it up" : "Nothing found"}</p>
          )}
          <p className="flex flex-wrap gap-x-4 border-t border-line px-3 py-1.5 text-table text-3 max-md:hidden">
            <span>&gt; actions</span>
            <span># id</span>
            <span>@ user</span>
            <span role="status" className="ml-auto">
              {items.length} {items.length === 1 ? "result" : "results"}
            </span>
          </p>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

interface RowProps {
  id: string;
  item: PaletteItem;
  isActive: boolean;
  onHover: () => void;
  onChoose: () => void;
}

function Row({ id, item, isActive, onHover, onChoose }: RowProps): ReactElement {
  const Icon = item.icon;
  return (
    // The keyboard works through the input above, as the combobox pattern wants it.
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      tabIndex={-1}
      onMouseMove={isActive ? undefined : onHover}
      onMouseDown={(event) => event.preventDefault()}
      onClick={onChoose}
      onKeyDown={undefined}
      className={clsx(
        "flex min-h-8 items-center gap-2 rounded-control px-2 select-none",
        isActive && "bg-sel",
      )}
    >
      {Icon ? (
        <Icon size={14} aria-hidden className="shrink-0 text-3" />
      ) : (
        <span className="w-3.5 shrink-0" />
      )}
      <span className="min-w-0 flex-1 truncate">{item.title}</span>
      {item.detail && <span className="truncate text-table text-3">{item.detail}</span>}
      {item.shortcut && <Kbd keys={item.shortcut} />}
    </div>
  );
}
