// One stream per project for all tabs of a browser, fanned out to those that asked. Runs inside the SharedWorker.
import type { ServerEvent, StreamEnd } from "./live-stream";

/** "alone": one of several servers, which does not hear of the others. */
export type LiveState = "connecting" | "live" | "alone" | "reconnecting" | "off" | "signed-out";
export type ToTab =
  | { type: "event"; project: string; topic: string; changes: unknown; more: number }
  | { type: "reset"; project: string }
  | { type: "state"; project: string; state: LiveState };
export type FromTab =
  { type: "topics"; base: string; project: string; topics: string[] } | { type: "alive" } | { type: "bye" };

export type Open = (
  url: string,
  lastId: string,
  signal: AbortSignal,
  on: { open: () => void; alive: () => void; event: (event: ServerEvent) => void },
) => Promise<StreamEnd>;

type Tab = { post: (message: ToTab) => void; wants: Map<string, Set<string>>; seen: number };

/** No sign of life for this long (the server's heartbeat comes each 15 s): the connection is dead. */
const SILENCE_MS = 45_000;
/** A tab says "alive" each 20 s; ports do not tell when their tab is gone. */
const TAB_GONE_MS = 90_000;
const SETTLE_MS = 50;

export class LiveHub {
  private readonly tabs = new Map<object, Tab>();
  private readonly streams = new Map<string, Stream>();

  constructor(private readonly open: Open) {}

  receive(key: object, post: Tab["post"], message: FromTab): void {
    const tab = this.tabs.get(key) ?? { post, wants: new Map<string, Set<string>>(), seen: 0 };
    this.tabs.set(key, tab);
    tab.seen = Date.now();
    if (message.type === "bye") this.tabs.delete(key);
    if (message.type === "topics") {
      if (message.topics.length > 0) tab.wants.set(message.project, new Set(message.topics));
      else tab.wants.delete(message.project);
      this.stream(message.base, message.project);
      const state = this.streams.get(message.project)?.state;
      if (state && message.topics.length > 0) post({ type: "state", project: message.project, state });
    }
    this.settle();
  }

  private stream(base: string, project: string): void {
    if (this.streams.has(project)) return;
    const say = (message: ToTab) => this.tell(project, message);
    this.streams.set(project, new Stream(base, project, this.open, say));
  }

  private tell(project: string, message: ToTab): void {
    for (const tab of this.tabs.values()) {
      const topics = tab.wants.get(project);
      if (topics && (message.type !== "event" || topics.has(message.topic))) tab.post(message);
    }
  }

  /** Gives each stream the topics that somebody wants now. */
  settle(): void {
    const now = Date.now();
    for (const [key, tab] of this.tabs) if (now - tab.seen > TAB_GONE_MS) this.tabs.delete(key);
    for (const [project, stream] of this.streams) {
      const topics = new Set<string>();
      for (const tab of this.tabs.values())
        for (const topic of tab.wants.get(project) ?? []) topics.add(topic);
      stream.want([...topics].sort());
      if (topics.size === 0) this.streams.delete(project);
    }
  }
}

class Stream {
  state: LiveState = "connecting";
  private topics = "";
  private lastId = "";
  private failures = 0;
  private abort: AbortController | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private watch: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly base: string,
    private readonly project: string,
    private readonly openStream: Open,
    private readonly say: (message: ToTab) => void,
  ) {}

  want(topics: string[]): void {
    // The list is separated by commas, which ids may hold.
    const wanted = topics.map((topic) => topic.replace(/[%,]/g, encodeURIComponent)).join(",");
    if (wanted === this.topics) return;
    this.topics = wanted;
    this.close();
    // Several panels of a page subscribe one after the other: one request for all of them.
    if (wanted !== "") this.timer = setTimeout(() => void this.run(), SETTLE_MS);
  }

  private close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.watch);
    this.abort?.abort();
    this.abort = undefined;
  }

  private become(state: LiveState): void {
    if (this.state === state) return;
    this.state = state;
    this.say({ type: "state", project: this.project, state });
  }

  private async run(): Promise<void> {
    const abort = new AbortController();
    this.abort = abort;
    const alive = () => {
      clearTimeout(this.watch);
      this.watch = setTimeout(() => abort.abort(), SILENCE_MS);
    };
    alive();
    const { status } = await this.openStream(this.url(), this.lastId, abort.signal, {
      open: () => {
        this.failures = 0;
        this.become("live");
      },
      alive,
      event: (event) => this.pass(event),
    });
    if (this.abort !== abort) return;
    clearTimeout(this.watch);
    if (status === 401) return this.become("signed-out");
    if (status === 403 || status === 404) return this.become("off");
    this.become("reconnecting");
    const wait = Math.min(30_000, 1000 * 2 ** this.failures++) * (0.5 + Math.random() / 2);
    this.timer = setTimeout(() => void this.run(), wait);
  }

  private url(): string {
    const query = new URLSearchParams({ project: this.project, topics: this.topics });
    return new URL(`api/ui/live?${query}`, this.base).href;
  }

  private pass({ id, event, data }: ServerEvent): void {
    if (id !== "") this.lastId = id;
    if (event === "reset") return this.say({ type: "reset", project: this.project });
    const body = readJson(data);
    if (event === "hello" && typeof body?.cursor !== "undefined") {
      if (this.lastId === "") this.lastId = String(body.cursor);
      return;
    }
    if (event === "alone") return this.become(body?.on === true ? "alone" : "live");
    if (!body || typeof body.topic !== "string") return;
    const more = typeof body.more === "number" ? body.more : 0;
    this.say({ type: "event", project: this.project, topic: body.topic, changes: body.changes, more });
  }
}

function readJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
