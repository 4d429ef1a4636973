// Where a text says that bytes are.
import { kindOf, readDataUrl, readReference, type MediaKind } from "@/kit/media/reference";
import type { MediaPart, MediaSource } from "../types";
import { compact } from "./fields";

/** What a text points to: a stored medium, a data URL, an address. Undefined for anything else. */
export function sourceOf(text: string): { source: MediaSource; mime?: string } | undefined {
  const reference = readReference(text);
  if (reference) return { source: { kind: "media", id: reference.id }, mime: reference.mime };
  const data = readDataUrl(text);
  if (data) return { source: { kind: "data", data: text }, mime: data.mime };
  return /^[a-z][a-z0-9+.-]{1,20}:/i.test(text) ? { source: { kind: "url", url: text } } : undefined;
}

const DEFAULT_TYPES: Record<MediaKind, string> = {
  image: "image/png",
  audio: "audio/wav",
  video: "video/mp4",
  file: "application/octet-stream",
};

/** `text` is an address, a reference, a data URL, or bare base64 of type `mime`. */
export function mediaPart(kind: MediaKind, text: string, mime?: string, name?: string): MediaPart {
  const found = sourceOf(text);
  const type = found?.mime ?? mime;
  const source: MediaSource = found?.source ?? {
    kind: "data",
    data: `data:${type ?? DEFAULT_TYPES[kind]};base64,${text}`,
  };
  return shapeMedia(kind, source, type, name);
}

/** The content type knows better than the tag whether it is a picture, sound or film. */
export function shapeMedia(kind: MediaKind, source: MediaSource, mime?: string, name?: string): MediaPart {
  return compact({ type: mime && kindOf(mime) !== "file" ? kindOf(mime) : kind, source, mime, name });
}
