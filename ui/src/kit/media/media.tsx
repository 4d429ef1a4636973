// A picture, a sound, a film or a file of a message. Boxes have their size before the bytes are there, so that nothing
// moves; what is on another host is never loaded by itself.
import { ExternalLink, FileAudio, FileText, ImageIcon, ImageOff, Video } from "lucide-react";
import { useMemo, type ReactElement } from "react";
import { formatBytes } from "@/kit/format";
import { MediaChip } from "./media-chip";
import { MediaSkeleton } from "./media-skeleton";
import { Picture } from "./picture";
import { readDataUrl, type MediaKind } from "./reference";
import { useBlobUrl } from "./use-blob-url";
import { useStoredMedia } from "./use-media";

export type MediaPlace =
  | { kind: "media"; id: string }
  | { kind: "data"; data: string }
  | { kind: "url"; url: string }
  | { kind: "file"; id: string }
  | { kind: "missing" };

export interface MediaProps {
  kind: MediaKind;
  source: MediaPlace;
  mime?: string;
  name?: string;
  /** In a list of images: smaller. */
  small?: boolean;
}

export const MEDIA_ICONS = { image: ImageIcon, audio: FileAudio, video: Video, file: FileText };

export function Media(props: MediaProps): ReactElement {
  const { source, kind, mime, name } = props;
  if (source.kind === "media") return <StoredMediaView {...props} id={source.id} />;
  if (source.kind === "data") return <DataMedia {...props} data={source.data} />;
  if (source.kind === "url") return <RemoteMedia {...props} url={source.url} />;
  const id = source.kind === "file" ? source.id : undefined;
  return (
    <MediaChip
      icon={MEDIA_ICONS[kind]}
      label={name ?? id ?? `${kind} without bytes`}
      note={[mime, id && name ? id : undefined]}
    />
  );
}

function StoredMediaView({ id, ...props }: MediaProps & { id: string }): ReactElement {
  const { data, isPending, isError, fetchStatus } = useStoredMedia(id);
  if (isError || (isPending && fetchStatus === "idle")) {
    return (
      <MediaChip
        icon={ImageOff}
        label={props.name ?? "Not available"}
        note={["expired or not uploaded", id]}
        tone="danger"
      />
    );
  }
  if (!data) return <MediaSkeleton kind={props.kind} small={props.small} />;
  return <Shown {...props} url={data.url} mime={data.contentType} bytes={data.contentLength} />;
}

function DataMedia({ data, ...props }: MediaProps & { data: string }): ReactElement {
  const parsed = useMemo(() => readDataUrl(data), [data]);
  const bytes = parsed?.isBase64 ? Math.floor((parsed.data.length * 3) / 4) : parsed?.data.length;
  // The page's policy lets pictures be in the address, sounds and films not.
  const isPicture = props.kind === "image";
  const blob = useBlobUrl(isPicture ? undefined : parsed);
  const url = isPicture ? data : blob;
  if (url === undefined) return <MediaSkeleton kind={props.kind} />;
  if (url === null)
    return <MediaChip icon={ImageOff} label="Not readable" note={[props.mime]} tone="danger" />;
  return <Shown {...props} url={url} mime={parsed?.mime ?? props.mime} bytes={bytes} />;
}

/** Types that a browser shows without running anything in them. */
const SHOWN = /^image\/(png|jpe?g|gif|webp|avif|bmp|svg\+xml)$/;

function Shown({
  kind,
  url,
  mime,
  name,
  bytes,
  small,
}: MediaProps & { url: string; bytes?: number }): ReactElement {
  if (kind === "image" && (mime === undefined || SHOWN.test(mime)))
    return <Picture url={url} name={name} mime={mime} bytes={bytes} small={small} />;
  if (kind === "audio") {
    return (
      <figure className="my-1 max-w-120">
        {/* Recordings of calls have no captions; the transcript, where there is one, stands below. */}
        {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
        <audio controls preload="metadata" src={url} aria-label={name ?? "Audio"} className="h-10 w-full" />
        <figcaption className="text-caption text-3">{describe(name, mime, bytes)}</figcaption>
      </figure>
    );
  }
  if (kind === "video") {
    return (
      <figure className="my-1 max-w-120">
        {/* oxlint-disable-next-line jsx-a11y/media-has-caption */}
        <video
          controls
          preload="metadata"
          src={url}
          aria-label={name ?? "Video"}
          className="aspect-video w-full bg-s2"
        />
        <figcaption className="text-caption text-3">{describe(name, mime, bytes)}</figcaption>
      </figure>
    );
  }
  return (
    <MediaChip
      icon={MEDIA_ICONS[kind]}
      label={name ?? mime ?? "File"}
      note={[name ? mime : undefined, bytes === undefined ? undefined : formatBytes(bytes)]}
      download={{ url, name: name ?? "file" }}
    />
  );
}

const describe = (...parts: (string | number | undefined)[]): string =>
  parts
    .flatMap((part) => (part === undefined ? [] : [typeof part === "number" ? formatBytes(part) : part]))
    .join(" \u00b7 ");

/** On another host: a click opens it there. Loading it here would tell the host that you read this message. */
function RemoteMedia({ kind, url, mime, name }: MediaProps & { url: string }): ReactElement {
  const host = /^https?:\/\//i.test(url) ? new URL(url).host : undefined;
  if (host === undefined) return <MediaChip icon={MEDIA_ICONS[kind]} label={name ?? url} note={[mime]} />;
  return (
    <a
      href={url}
      target="_blank"
      rel="noopener noreferrer nofollow"
      title={url}
      className="my-1 inline-flex h-control max-w-full items-center gap-1.5 rounded-control border border-strong px-2 text-table text-2 hover:bg-s2"
    >
      <ExternalLink size={14} aria-hidden className="shrink-0" />
      <span className="truncate">
        Open {name ?? kind} from {host}
      </span>
    </a>
  );
}
