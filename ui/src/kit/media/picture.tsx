// A thumbnail in a box of fixed size; a click shows the picture in full.
import { ImageOff } from "lucide-react";
import { useState, type ReactElement } from "react";
import { Button as PlainButton } from "react-aria-components";
import { Dialog } from "@/design";
import { formatBytes } from "@/kit/format";
import { MediaChip } from "./media-chip";

export interface PictureProps {
  url: string;
  name?: string;
  mime?: string;
  bytes?: number;
  small?: boolean;
}

export function Picture({ url, name, mime, bytes, small }: PictureProps): ReactElement {
  const [open, setOpen] = useState(false);
  const [broken, setBroken] = useState(false);
  const label = name ?? "Image";
  const about = [mime, bytes === undefined ? undefined : formatBytes(bytes)].filter(Boolean).join(" \u00b7 ");
  if (broken) return <MediaChip icon={ImageOff} label={label} note={["cannot be shown", about]} />;
  return (
    <>
      <PlainButton
        aria-label={`Show ${label}${about ? `, ${about}` : ""}`}
        onPress={() => setOpen(true)}
        className={`my-1 inline-flex items-center align-top justify-center overflow-hidden rounded-control border border-line bg-s1 ${small ? "size-20" : "h-40 w-60"} max-w-full cursor-zoom-in`}
      >
        <img
          src={url}
          alt={label}
          loading="lazy"
          decoding="async"
          onError={() => setBroken(true)}
          className="max-h-full max-w-full object-contain"
        />
      </PlainButton>
      <Dialog title={label} isOpen={open} onClose={() => setOpen(false)} size="large">
        <img src={url} alt={label} className="mx-auto max-h-[70vh] max-w-full bg-s1 object-contain" />
        {about && <p className="mt-2 text-table text-3">{about}</p>}
      </Dialog>
    </>
  );
}
