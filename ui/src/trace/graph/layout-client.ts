// Asks the layout worker, and gives up after three seconds.
export interface LayoutQuestion {
  nodes: { key: string; width: number; height: number }[];
  edges: { from: string; to: string }[];
}

export interface LayoutAnswer {
  places: Record<string, { x: number; y: number }>;
}

const DEADLINE_MS = 3_000;

export class LayoutTooSlow extends Error {
  override readonly message = "This graph is too large to be drawn.";
  readonly hint = "Show it by name, raise the lowest level, or hide wrappers to make it smaller.";
}

export function askLayout(question: LayoutQuestion, signal: AbortSignal): Promise<LayoutAnswer> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./layout.worker.ts", import.meta.url), { type: "module" });
    const timer = setTimeout(() => end(() => reject(new LayoutTooSlow())), DEADLINE_MS);
    const end = (tell: () => void) => {
      clearTimeout(timer);
      worker.terminate();
      tell();
    };
    worker.onmessage = ({ data }: MessageEvent<LayoutAnswer>) => end(() => resolve(data));
    worker.onerror = () => end(() => reject(new LayoutTooSlow()));
    signal.addEventListener("abort", () => end(() => reject(signal.reason)));
    worker.postMessage(question);
  });
}
