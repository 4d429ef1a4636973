// After an update of the server the chunks of an old tab are gone: reload once, then explain.

const MARK = "spyglass.reloaded-at";
const PAUSE_MS = 30_000;

/** Whether a reload was already tried a moment ago. Notes that one is tried now. */
export function mayReload(now: number = Date.now()): boolean {
  try {
    const last = Number(sessionStorage.getItem(MARK));
    if (last && now - last < PAUSE_MS) return false;
    sessionStorage.setItem(MARK, String(now));
    return true;
  } catch {
    // Without a memory a reload could go round in circles.
    return false;
  }
}

/** Reloads the page when a part of it is gone; gives what ends that. */
export function watchStaleTab(reload: () => void = () => location.reload()): () => void {
  let isReloading = false;
  const lost = (event: Event): void => {
    if (!isReloading && !mayReload()) return;
    event.preventDefault();
    if (!isReloading) reload();
    isReloading = true;
  };
  window.addEventListener("vite:preloadError", lost);
  return () => window.removeEventListener("vite:preloadError", lost);
}

/** A chunk that the server no longer has. */
export function isMissingChunk(error: unknown): boolean {
  return (
    error instanceof Error &&
    /dynamically imported module|module script failed|preload CSS|error loading dynamically/i.test(
      error.message,
    )
  );
}

/** The module of a page. While the page reloads it never comes; where a reload did not help, the error is one that the
 * router does not take for a reason to reload by itself. */
export async function loadPage<Module>(load: () => Promise<Module | undefined>): Promise<Module> {
  try {
    return (await load()) ?? (await new Promise<never>(() => {}));
  } catch (error) {
    throw isMissingChunk(error) ? new Error(`A part is gone: ${(error as Error).message}`) : error;
  }
}
