// References to stored media inside texts: `@@@langfuseMedia:type=<content type>|id=<id>|source=<source>@@@`.
// They may stand anywhere in a string, several in one.

export interface MediaReference {
  id: string;
  mime: string;
  /** How the bytes came in, such as `base64_data_uri`. */
  origin: string;
}

const REFERENCE = /@@@langfuseMedia:type=([^|@]{1,255})\|id=([^|@]{1,255})\|source=([^|@]{1,255})@@@/g;

/** The text cut at its references. Empty pieces are left out. */
export function splitReferences(text: string): (string | MediaReference)[] {
  if (!text.includes("@@@langfuseMedia:")) return text ? [text] : [];
  const pieces: (string | MediaReference)[] = [];
  let done = 0;
  for (const found of text.matchAll(REFERENCE)) {
    if (found.index > done) pieces.push(text.slice(done, found.index));
    const [, mime, id, origin] = found as unknown as [string, string, string, string];
    pieces.push({ id, mime, origin });
    done = found.index + found[0].length;
  }
  if (done < text.length) pieces.push(text.slice(done));
  return pieces;
}

/** The reference that the whole text is, if it is one. */
export function readReference(text: string): MediaReference | undefined {
  const pieces = splitReferences(text.trim());
  return pieces.length === 1 && typeof pieces[0] === "object" ? pieces[0] : undefined;
}

export type MediaKind = "image" | "audio" | "video" | "file";

export function kindOf(mime: string | undefined): MediaKind {
  const family = mime?.split("/")[0]?.toLowerCase();
  return family === "image" || family === "audio" || family === "video" ? family : "file";
}

export interface DataUrl {
  mime: string;
  isBase64: boolean;
  data: string;
}

const DATA_URL = /^data:([\w.+-]+\/[\w.+-]+)?((?:;[\w.+-]+=[^;,]*)*)(;base64)?,/i;

export function readDataUrl(text: string): DataUrl | undefined {
  const found = text.startsWith("data:") ? DATA_URL.exec(text.slice(0, 500)) : null;
  if (!found) return undefined;
  return {
    mime: (found[1] ?? "text/plain").toLowerCase(),
    isBase64: found[3] !== undefined,
    data: text.slice(found[0].length),
  };
}
