// A link that somebody is to be sent: shown once, copied by hand, since the server sends no mail.
import type { ReactElement } from "react";
import { Button, CopyButton, Dialog, TextField } from "@/design";
import { formatDateTime } from "@/kit/format";
import type { Link } from "./people";

export function LinkDialog({
  title,
  text,
  link,
  onClose,
}: {
  title: string;
  text: string;
  link: Link | undefined;
  onClose: () => void;
}): ReactElement {
  return (
    <Dialog
      title={title}
      isOpen={link !== undefined}
      onClose={onClose}
      actions={
        <Button variant="primary" onPress={onClose}>
          Done
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <p>{text}</p>
        <div className="flex items-end gap-2">
          <TextField
            label="Link"
            mono
            isReadOnly
            value={link?.url ?? ""}
            onChange={() => {}}
            className="flex-1"
          />
          <CopyButton labelled label="Copy link" size={undefined} text={link?.url ?? ""} />
        </div>
        {link && (
          <p className="text-table text-3">Valid until {formatDateTime(link.expiresAt)}, for one use.</p>
        )}
      </div>
    </Dialog>
  );
}
