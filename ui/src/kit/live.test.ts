import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LiveHub, type Open, type ToTab } from "./live-hub";
import { eventParser, type ServerEvent, type StreamEnd } from "./live-stream";

describe("the stream", () => {
  it("reads the same events however the bytes are cut", () => {
    const text = ': beat\n\nid: 7\ndata: {"a":1}\n\nevent: reset\r\nid: 8\r\ndata: one\r\ndata:two\r\n\r\n';
    const read = (chunks: string[]): ServerEvent[] => {
      const events: ServerEvent[] = [];
      const feed = eventParser((event) => events.push(event));
      chunks.forEach(feed);
      return events;
    };
    const whole = read([text]);
    expect(whole).toEqual([
      { id: "7", event: "message", data: '{"a":1}' },
      { id: "8", event: "reset", data: "one\ntwo" },
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: text.length })), (cuts) => {
        const places = [0, ...cuts.sort((a, b) => a - b), text.length];
        expect(read(places.slice(1).map((end, index) => text.slice(places[index], end)))).toEqual(whole);
      }),
    );
  });
});

type Request = {
  url: URL;
  lastId: string;
  signal: AbortSignal;
  on: Parameters<Open>[3];
  end: (end: StreamEnd) => void;
};

describe("the hub", () => {
  let requests: Request[];
  let hub: LiveHub;
  const open: Open = (url, lastId, signal, on) =>
    new Promise((end) => {
      requests.push({ url: new URL(url), lastId, signal, on, end });
      signal.addEventListener("abort", () => end({ status: 0 }));
    });
  const tab = () => {
    const got: ToTab[] = [];
    const key = {};
    const want = (...topics: string[]) =>
      hub.receive(key, (m) => got.push(m), {
        type: "topics",
        base: "http://host/llm/",
        project: "p",
        topics,
      });
    return { got, want, bye: () => hub.receive(key, () => {}, { type: "bye" }) };
  };

  beforeEach(() => {
    vi.useFakeTimers();
    requests = [];
    hub = new LiveHub(open);
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("opens one stream for all tabs and hands each only its topics", () => {
    const a = tab();
    const b = tab();
    a.want("traces");
    b.want("traces", "trace:1,2");
    vi.advanceTimersByTime(100);
    expect(requests).toHaveLength(1);
    const [request] = requests;
    expect(request!.url.pathname).toBe("/llm/api/ui/live");
    expect(request!.url.searchParams.get("topics")).toBe("trace:1%2C2,traces");
    request!.on.open();
    request!.on.event({ id: "1", event: "message", data: '{"topic":"trace:1,2","changes":{"changed":3}}' });
    expect(a.got).toEqual([
      { type: "state", project: "p", state: "connecting" },
      { type: "state", project: "p", state: "live" },
    ]);
    expect(b.got.at(-1)).toEqual({
      type: "event",
      project: "p",
      topic: "trace:1,2",
      changes: { changed: 3 },
      more: 0,
    });
  });

  it("starts where it was when the topics change, and ends with the last tab", () => {
    const a = tab();
    const b = tab();
    a.want("traces");
    vi.advanceTimersByTime(100);
    requests[0]!.on.event({ id: "41", event: "message", data: '{"topic":"traces","changes":[]}' });
    b.want("jobs");
    vi.advanceTimersByTime(100);
    expect(requests[0]!.signal.aborted).toBe(true);
    expect(requests[1]!.lastId).toBe("41");
    a.bye();
    b.bye();
    vi.advanceTimersByTime(60_000);
    expect(requests[1]!.signal.aborted).toBe(true);
    expect(requests).toHaveLength(2);
  });

  it("comes back after a broken connection, more slowly each time", async () => {
    const a = tab();
    a.want("traces");
    await vi.advanceTimersByTimeAsync(100);
    requests[0]!.end({ status: 0 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(requests).toHaveLength(2);
    requests[1]!.end({ status: 503 });
    await vi.advanceTimersByTimeAsync(900);
    expect(requests).toHaveLength(2);
    await vi.advanceTimersByTimeAsync(1200);
    expect(requests).toHaveLength(3);
    expect(a.got.at(-1)).toEqual({ type: "state", project: "p", state: "reconnecting" });
  });

  it("gives a silent connection up", async () => {
    tab().want("traces");
    await vi.advanceTimersByTimeAsync(100);
    requests[0]!.on.open();
    await vi.advanceTimersByTimeAsync(44_000);
    expect(requests[0]!.signal.aborted).toBe(false);
    requests[0]!.on.alive();
    await vi.advanceTimersByTimeAsync(44_000);
    expect(requests[0]!.signal.aborted).toBe(false);
    await vi.advanceTimersByTimeAsync(2000);
    expect(requests[0]!.signal.aborted).toBe(true);
  });

  it.each([
    [401, "signed-out"],
    [403, "off"],
  ] as const)("stays away after %i", async (status, state) => {
    const a = tab();
    a.want("traces");
    await vi.advanceTimersByTimeAsync(100);
    requests[0]!.end({ status });
    await vi.advanceTimersByTimeAsync(120_000);
    expect(requests).toHaveLength(1);
    expect(a.got.at(-1)).toEqual({ type: "state", project: "p", state });
  });

  it("passes a reset on and drops what it cannot read", () => {
    const a = tab();
    a.want("traces");
    vi.advanceTimersByTime(100);
    const before = a.got.length;
    requests[0]!.on.event({ id: "", event: "message", data: "{broken" });
    expect(a.got).toHaveLength(before);
    requests[0]!.on.event({ id: "9", event: "reset", data: "{}" });
    expect(a.got.at(-1)).toEqual({ type: "reset", project: "p" });
  });

  it("says when the news of other servers stop and come again", () => {
    const a = tab();
    a.want("traces");
    vi.advanceTimersByTime(100);
    requests[0]!.on.open();
    for (const [on, state] of [
      [true, "alone"],
      [false, "live"],
    ] as const) {
      requests[0]!.on.event({ id: "", event: "alone", data: JSON.stringify({ on }) });
      expect(a.got.at(-1)).toEqual({ type: "state", project: "p", state });
    }
  });
});
