// Stored media: from the id to a link at our own origin.
import { useQuery } from "@tanstack/react-query";
import { createContext, useContext } from "react";
import { api, serverUrl, useMaybeProject } from "@/api";

/** The link lives for about an hour; it is asked for again before it ends. */
const FRESH_MS = 20 * 60_000;

export interface MediaPlace {
  /** Tells one place from another. */
  of: string;
  read: (
    id: string,
    signal: AbortSignal,
  ) => Promise<{ contentType: string; contentLength: number; url: string }>;
}

/** Where media come from outside of a project's pages. */
export const MediaPlaceContext = createContext<MediaPlace | null>(null);

export function useStoredMedia(id: string | undefined) {
  const project = useMaybeProject()?.project.id;
  const place = useContext(MediaPlaceContext);
  return useQuery({
    queryKey: ["media", place?.of ?? project, id],
    queryFn: async ({ signal }) => {
      const path = { media_id: id ?? "" };
      const media = place
        ? await place.read(path.media_id, signal)
        : await api.get("/api/public/media/{media_id}", { path, project, signal });
      return { ...media, url: ownAddress(media.url) };
    },
    enabled: id !== undefined && (place !== null || project !== undefined),
    staleTime: FRESH_MS,
    retry: false,
  });
}

const DOWNLOADS = "/api/public/spyglass/media/";

/** The link is made for SDKs, with the public address; a page that was opened by another name may load only its own. */
export function ownAddress(url: string): string {
  const at = url.indexOf(DOWNLOADS);
  return at < 0 ? url : serverUrl(url.slice(at));
}
