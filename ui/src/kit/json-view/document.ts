// A JSON text with its scanned containers. Small ones are scanned at once, large ones in slices, so that the page
// answers meanwhile.
import {
  isContainer,
  kindAt,
  type Kind,
  memberAt,
  type Member,
  type Members,
  Scanner,
  skipSpace,
  type Span,
} from "./text";

/** Up to this many characters a container is scanned without asking. */
const AT_ONCE = 2_000_000;
const SLICE_MS = 12;

export type Shape = "json" | "cut" | "text";

export class JsonDocument {
  readonly root: Span & { kind: Kind };
  private readonly scanned = new Map<number, Members>();
  private readonly running = new Map<number, Promise<Members>>();

  constructor(readonly text: string) {
    const start = skipSpace(text, 0);
    this.root = { start, end: text.length, kind: kindAt(text, start) };
  }

  /** The members if they are known or quickly found. */
  members(span: Span): Members | undefined {
    const known = this.scanned.get(span.start);
    if (known || span.end - span.start > AT_ONCE) return known;
    return this.keep(span, new Scanner(this.text, span.start).run() as Members);
  }

  /** The members, found in slices. */
  load(span: Span): Promise<Members> {
    const known = this.members(span);
    if (known) return Promise.resolve(known);
    const running = this.running.get(span.start);
    if (running) return running;
    const promise = this.scan(span).finally(() => this.running.delete(span.start));
    this.running.set(span.start, promise);
    return promise;
  }

  member(members: Members, index: number): Member {
    return memberAt(this.text, members, index);
  }

  private async scan(span: Span): Promise<Members> {
    const scanner = new Scanner(this.text, span.start);
    for (;;) {
      const until = performance.now() + SLICE_MS;
      const found = scanner.run(() => performance.now() > until);
      if (found) return this.keep(span, found);
      await nextTask();
    }
  }

  private keep(span: Span, members: Members): Members {
    this.scanned.set(span.start, members);
    return members;
  }
}

/** Lets the browser paint and answer. */
export const nextTask = (): Promise<void> => new Promise((resolve) => setTimeout(resolve));

/** What a text is: JSON, the beginning of JSON, or something else. Large texts are believed by their first sign. */
export function shapeOf(text: string): Shape {
  const start = skipSpace(text, 0);
  const kind = kindAt(text, start);
  if (!isContainer(kind)) return "text";
  if (text.length > AT_ONCE) return "json";
  try {
    JSON.parse(text);
    return "json";
  } catch {
    const members = new Scanner(text, start).run();
    return members?.isCut && members.count > 0 && looksRight(text, start, members) ? "cut" : "text";
  }
}

/** The first members are what members are: `[INFO] ready` is no list. */
function looksRight(text: string, start: number, members: Members): boolean {
  const first = memberAt(text, members, 0);
  if (text[start] === "{" && text[members.starts[0] as number] !== '"') return false;
  return first.kind !== "bad" || members.count > 1;
}
