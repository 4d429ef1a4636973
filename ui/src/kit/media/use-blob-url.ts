// The bytes of a data URL under an address of this page.
import { useEffect, useState } from "react";
import type { DataUrl } from "./reference";

/** Undefined at first, or without data; null where its base64 cannot be read. */
export function useBlobUrl(data: DataUrl | undefined): string | null | undefined {
  const [url, setUrl] = useState<string | null>();
  useEffect(() => {
    if (!data) return undefined;
    const made = makeUrl(data);
    let isCurrent = true;
    queueMicrotask(() => {
      if (isCurrent) setUrl(made);
    });
    return () => {
      isCurrent = false;
      if (made) URL.revokeObjectURL(made);
    };
  }, [data]);
  return url;
}

function makeUrl({ data, isBase64, mime }: DataUrl): string | null {
  try {
    const text = isBase64 ? atob(data) : decodeURIComponent(data);
    const bytes = isBase64 ? Uint8Array.from(text, (sign) => sign.charCodeAt(0)) : text;
    return URL.createObjectURL(new Blob([bytes], { type: mime }));
  } catch {
    return null;
  }
}
