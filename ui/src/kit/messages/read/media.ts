// Pictures, sound, films and files, in all the ways that providers carry them.
import { kindOf, type MediaKind } from "@/kit/media/reference";
import type { MediaPart } from "../types";
import { compact, isRecord, isText, Reader } from "./fields";
import { keepRest, within, type PartContext, type PartReader } from "./context";
import { mediaPart, shapeMedia } from "./sources";

const TYPE_KEYS = [
  "media_type",
  "mediaType",
  "mime_type",
  "mimeType",
  "MimeType",
  "contentType",
  "image_mimetype",
  "document_mimetype",
];
const PLACES = [
  "url", "uri", "image_url", "file_url", "fileUri", "file_uri", "Uri", "DataUri", "file_data",
  "data", "Data", "base64", "bytes", "content", "image", "audio", "video", "path", "base64_data",
]; // prettier-ignore
const NAMES = ["filename", "name", "title", "displayName", "display_name", "file_name"];

/** `audio/mp3` of the format `mp3`: Bedrock and OpenAI name formats, not types. */
function typeOf(fields: Reader, kind: MediaKind): string | undefined {
  const given = fields.text(...TYPE_KEYS);
  if (given !== undefined) return given;
  const format = fields.text("format");
  if (format === undefined) return undefined;
  if (format.includes("/")) return format;
  return FORMATS[format] ?? `${kind === "file" ? "application" : kind}/${format}`;
}

const FORMATS: Record<string, string> = {
  jpg: "image/jpeg",
  mp3: "audio/mpeg",
  pcm16: "audio/pcm",
  txt: "text/plain",
  md: "text/markdown",
  csv: "text/csv",
  html: "text/html",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/** The medium that these fields describe. Null if they hold nothing of the kind. */
export function readMedia(fields: Reader, kind: MediaKind, outerType?: string): MediaPart | null {
  const mime = typeOf(fields, kind) ?? outerType;
  const name = fields.text(...NAMES);
  const place = PLACES.find((key) => isText(fields.value[key]) && fields.value[key] !== "");
  if (place !== undefined) {
    fields.drop(place);
    return mediaPart(kind, fields.value[place] as string, mime, name);
  }
  const file = fields.text("file_id", "fileId", "id");
  if (file !== undefined) return shapeMedia(kind, { kind: "file", id: file }, mime, name);
  return mime === undefined && name === undefined ? null : shapeMedia(kind, { kind: "missing" }, mime, name);
}

/** The fields that hold the medium may be one or two levels down: `image_url.url`, `source.bytes`, `image.image.url`. */
const INNER = [
  "image_url", "input_audio", "audio_url", "video_url", "file", "source", "image", "audio", "video",
  "inlineData", "inline_data", "fileData", "file_data", "output_audio", "document", "s3Location", "data",
]; // prettier-ignore

export function findMedia(fields: Reader, kind: MediaKind, context: PartContext): MediaPart | null {
  const key = INNER.find((candidate) => isRecord(fields.value[candidate]));
  if (key === undefined) return readMedia(fields, kind);
  const inner = new Reader(fields.drop(key).value[key] as Record<string, unknown>);
  if (key === "source") inner.drop("type");
  const outerType = typeOf(fields, kind);
  const deeper = INNER.some((candidate) => isRecord(inner.value[candidate]));
  const at = within(context, `.${key}`);
  const found = deeper && context.depth < 16 ? findMedia(inner, kind, at) : readMedia(inner, kind, outerType);
  keepRest(inner, at);
  if (!found) return null;
  const name = found.name ?? fields.text(...NAMES);
  const mime = found.mime ?? outerType;
  return compact({ ...found, type: mime && kindOf(mime) !== "file" ? kindOf(mime) : found.type, mime, name });
}

const reader =
  (kind: MediaKind): PartReader =>
  (fields, context) => {
    const spoken = fields.text("transcript");
    const part = findMedia(fields, kind, context);
    if (!part)
      return spoken === undefined ? null : [{ type: kind, source: { kind: "missing" }, transcript: spoken }];
    return [compact({ ...part, transcript: spoken ?? part.transcript })];
  };

/** Anthropic documents may hold plain text or blocks instead of a file. */
const document: PartReader = (fields, context) => {
  const source = fields.record("source");
  const held = source?.["type"];
  if (!source || (held !== "text" && held !== "content")) return reader("file")(fields, context);
  const inner = new Reader(source).drop("type");
  const content = inner.get("data", "content");
  const parts = context.read(content, within(context, ".source"));
  const transcript = parts.map((part) => ("text" in part ? part.text : "")).join("\n\n");
  const mime = inner.text(...TYPE_KEYS);
  keepRest(inner, within(context, ".source"));
  const media = parts.filter((part) => !("text" in part));
  const name = fields.text(...NAMES);
  return [
    compact({ type: "file" as const, source: { kind: "missing" as const }, mime, name, transcript }),
    ...media,
  ];
};

/** By what the fields say about themselves: OTel's `modality`, else the content type. */
const byModality: PartReader = (fields, context) => {
  const modality = fields.text("modality");
  const kind = modality === "image" || modality === "audio" || modality === "video" ? modality : "file";
  return reader(kind)(fields, context);
};

export const mediaReaders: Record<string, PartReader> = {
  image: reader("image"),
  image_url: reader("image"),
  "image-url": reader("image"),
  input_image: reader("image"),
  output_image: reader("image"),
  image_file: reader("image"),
  imagecontent: reader("image"),
  computer_screenshot: reader("image"),
  audio: reader("audio"),
  input_audio: reader("audio"),
  output_audio: reader("audio"),
  "audio-url": reader("audio"),
  audiocontent: reader("audio"),
  video: reader("video"),
  video_url: reader("video"),
  "video-url": reader("video"),
  file: byModality,
  input_file: reader("file"),
  "document-url": reader("file"),
  binarycontent: reader("file"),
  filereferencecontent: reader("file"),
  hostedfile: reader("file"),
  container_upload: reader("file"),
  media: reader("file"),
  binary: reader("file"),
  blob: byModality,
  uri: byModality,
  data: reader("file"),
  document,
};
