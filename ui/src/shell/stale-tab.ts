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

export function watchStaleTab(reload: () => void = () => location.reload()): void {
  window.addEventListener("vite:preloadError", (event) => {
    if (!mayReload()) return;
    event.preventDefault();
    reload();
  });
}
