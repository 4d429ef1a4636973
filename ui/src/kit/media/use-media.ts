// Stored media: from the id to a link at our own origin.
import { useQuery } from "@tanstack/react-query";
import { api, serverUrl, useMaybeProject } from "@/api";

/** The link lives for about an hour; it is asked for again before it ends. */
const FRESH_MS = 20 * 60_000;

export function useStoredMedia(id: string | undefined) {
  const project = useMaybeProject()?.project.id;
  return useQuery({
    queryKey: ["media", project, id],
    queryFn: async ({ signal }) => {
      const path = { media_id: id ?? "" };
      const media = await api.get("/api/public/media/{media_id}", { path, project, signal });
      return { ...media, url: ownAddress(media.url) };
    },
    enabled: id !== undefined && project !== undefined,
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
