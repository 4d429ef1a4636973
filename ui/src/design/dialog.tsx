// Modal dialogs, centred; a sheet at the right edge is a Drawer.
import clsx from "clsx";
import { X } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { Dialog as AriaDialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { IconButton } from "./button";

export interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** Buttons at the bottom right; the last one is the primary. */
  actions?: ReactNode;
  size?: "small" | "medium" | "large";
  role?: "dialog" | "alertdialog";
  children: ReactNode;
}

const WIDTH = { small: "max-w-110", medium: "max-w-150", large: "max-w-240" };
const SCRIM = "fixed inset-0 z-30 bg-scrim";

export function Dialog({
  title,
  isOpen,
  onClose,
  actions,
  size = "medium",
  role,
  children,
}: DialogProps): ReactElement {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable={role !== "alertdialog"}
      className={clsx(SCRIM, "flex items-start justify-center overflow-auto p-4 md:pt-24")}
    >
      <Modal className={clsx("w-full rounded-card border border-line bg-bg shadow-float", WIDTH[size])}>
        <AriaDialog role={role} className="outline-none">
          <div className="flex items-center justify-between gap-4 px-4 pt-3">
            <Heading slot="title" className="text-section font-semibold">
              {title}
            </Heading>
            <IconButton label="Close" icon={X} onPress={onClose} plain />
          </div>
          <div className="px-4 pt-2 pb-4">{children}</div>
          {actions && (
            <div className="flex flex-wrap justify-end gap-2 border-t border-line px-4 py-3">{actions}</div>
          )}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}

export interface DrawerProps extends Omit<DialogProps, "role"> {
  side?: "left" | "right";
}

/** A modal sheet over one edge of the window, full height. */
export function Drawer({
  title,
  isOpen,
  onClose,
  actions,
  size = "medium",
  side = "right",
  children,
}: DrawerProps): ReactElement {
  return (
    <ModalOverlay isOpen={isOpen} onOpenChange={(open) => !open && onClose()} isDismissable className={SCRIM}>
      <Modal
        className={clsx(
          "fixed inset-y-0 w-full border-line bg-bg shadow-float",
          side === "right" ? "right-0 border-l" : "left-0 border-r",
          WIDTH[size],
        )}
      >
        <AriaDialog className="flex h-full flex-col outline-none">
          <div className="flex items-center justify-between gap-4 border-b border-line px-4 py-2">
            <Heading slot="title" className="truncate text-section font-semibold">
              {title}
            </Heading>
            <IconButton label="Close" icon={X} onPress={onClose} plain />
          </div>
          <div className="min-h-0 flex-1 overflow-auto p-4">{children}</div>
          {actions && <div className="flex justify-end gap-2 border-t border-line px-4 py-3">{actions}</div>}
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
