// What the server wrote into the page: where it is mounted, and its version.

export interface PageConfig {
  /** "" or "/prefix", without a slash at the end. */
  basePath: string;
  version: string;
}

function written(): Partial<PageConfig> {
  try {
    return JSON.parse(document.getElementById("spyglass-config")?.textContent ?? "{}") as Partial<PageConfig>;
  } catch {
    return {};
  }
}

function basePath(): string {
  // <base href> is there when the server sent the page; without it (`npm run dev`) the application is at the root.
  const base = document.querySelector("base")?.getAttribute("href");
  return base ? new URL(base, location.origin).pathname.replace(/\/+$/, "") : "";
}

export const config: PageConfig = { basePath: basePath(), version: written().version ?? "" };
