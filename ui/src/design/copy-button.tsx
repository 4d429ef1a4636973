// Copying works on plain http too, where navigator.clipboard does not exist.
import { Check, Copy } from "lucide-react";
import { type ReactElement, useEffect, useState } from "react";
import { Button, IconButton } from "./button";
import { toast } from "./toast";

function copyBySelection(text: string): boolean {
  const box = document.createElement("textarea");
  box.value = text;
  box.setAttribute("readonly", "");
  box.className = "fixed top-0 left-0 opacity-0";
  // Inside the open dialog, or its focus trap takes the focus back before the copy.
  const active = document.activeElement as HTMLElement | null;
  (active?.closest("[role=dialog], [role=alertdialog]") ?? document.body).append(box);
  box.focus({ preventScroll: true });
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  active?.focus();
  return done;
}

/** Puts the text into the clipboard; false when the browser refuses every way. */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
  } catch {
    // Refused (no focus, no permission): the old way may still work.
  }
  try {
    return copyBySelection(text);
  } catch {
    return false;
  }
}

export interface CopyButtonProps {
  /** What is copied: the raw value. */
  text: string | (() => string | Promise<string>);
  /** Name of the button, "Copy" or "Copy id". */
  label?: string;
  /** With the label written out. */
  labelled?: boolean;
  size?: "compact";
  className?: string;
}

export function CopyButton({
  text,
  label = "Copy",
  labelled,
  size = "compact",
  className,
}: CopyButtonProps): ReactElement {
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), 1500);
    return () => clearTimeout(timer);
  }, [done]);
  const copy = async (): Promise<void> => {
    const raw = await Promise.resolve(typeof text === "function" ? text() : text).catch(() => null);
    if (raw === null) return void toast({ title: "The text could not be loaded", tone: "danger" });
    const worked = await copyText(raw);
    setDone(worked);
    if (!worked) toast({ title: "The browser did not allow copying", tone: "danger" });
  };
  const icon = done ? Check : Copy;
  return labelled ? (
    <Button size={size} icon={icon} className={className} onPress={() => void copy()}>
      {done ? "Copied" : label}
    </Button>
  ) : (
    <IconButton
      label={done ? "Copied" : label}
      icon={icon}
      size={size}
      className={className}
      onPress={() => void copy()}
    />
  );
}
