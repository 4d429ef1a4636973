import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { labelRange } from "./label";
import {
  parseRange,
  presetsFor,
  printRange,
  readRange,
  resolveRange,
  shiftRange,
  widenRange,
  type Range,
} from "./range";

// A Thursday.
const NOW = Date.UTC(2026, 10, 26, 12, 30);
const DAY = 86_400_000;
const utc = (...parts: [number, number, number?, number?, number?]) => Date.UTC(...parts);

describe("the text of the URL", () => {
  it("restores every range", () => {
    const instant = fc.integer({ min: 0, max: utc(2100, 0) });
    const absolute = fc
      .tuple(instant, fc.integer({ min: 1, max: DAY * 400 }))
      .map(([from, length]): Range => ({ kind: "absolute", from, to: from + length }));
    const relative = fc
      .oneof(
        fc
          .tuple(fc.integer({ min: 1, max: 200 }), fc.constantFrom("m", "h", "d", "w", "y"))
          .map(([n, unit]) => `${n}${unit}`),
        fc.constantFrom("today", "yesterday", "mon..now", "yesterday..now", "tue..thu"),
      )
      .map((token): Range => ({ kind: "relative", token }));
    fc.assert(
      fc.property(fc.oneof(absolute, relative, fc.constant<Range>({ kind: "all" })), (range) => {
        expect(parseRange(printRange(range))).toEqual(range);
      }),
    );
  });

  it("never throws, and gives ends in order or nothing", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom(..."0123456789mhdwy.~T:Z-nowmon") })),
        (text) => {
          for (const range of [parseRange(text), readRange(text, NOW)]) {
            if (!range) continue;
            const { from, to } = resolveRange(range, NOW, "UTC");
            if (from !== undefined && to !== undefined) expect(from).toBeLessThanOrEqual(to);
          }
        },
      ),
    );
  });

  it.each(["", "nonsense", "0h", "2026-11-02T00:00Z~2026-11-01T00:00Z", "~", "a..b", "..now"])(
    "drops %j",
    (text) => {
      expect(parseRange(text)).toBeNull();
    },
  );

  it("keeps whole minutes short", () => {
    expect(printRange({ kind: "absolute", from: utc(2026, 10, 1), to: utc(2026, 10, 2) + 1 })).toBe(
      "2026-11-01T00:00Z~2026-11-02T00:00:00.001Z",
    );
  });
});

describe("what a person types", () => {
  it.each<[string, string]>([
    ["90m", "90m"],
    ["last 3 days", "3d"],
    ["2 months", "60d"],
    ["Yesterday", "yesterday"],
    ["mon..now", "mon..now"],
    ["mon to now", "mon..now"],
    ["all time", "all"],
    ["2026-11-01T00:00Z .. 2026-11-02T00:00Z", "2026-11-01T00:00Z~2026-11-02T00:00Z"],
    ["2026-11-26T12:00Z..now", "2026-11-26T12:00Z~2026-11-26T12:30Z"],
    ["1795694400", "2026-11-26T11:45Z~2026-11-26T12:15Z"],
    ["1795694400000", "2026-11-26T11:45Z~2026-11-26T12:15Z"],
  ])("%s", (typed, text) => {
    expect(printRange(readRange(typed, NOW)!)).toBe(text);
  });
});

describe("resolving", () => {
  it.each<[string, number | undefined, number | undefined]>([
    ["24h", NOW - DAY, undefined],
    ["today", utc(2026, 10, 26), undefined],
    ["yesterday", utc(2026, 10, 25), utc(2026, 10, 26)],
    ["mon..now", utc(2026, 10, 23), undefined],
    ["mon..wed", utc(2026, 10, 23), utc(2026, 10, 25)],
    ["all", undefined, undefined],
  ])("%s", (text, from, to) => {
    expect(resolveRange(parseRange(text)!, NOW, "UTC")).toEqual({
      ...(from === undefined ? {} : { from }),
      ...(to === undefined ? {} : { to }),
    });
  });

  it("shifts by its own length and widens", () => {
    const hour = parseRange("1h")!;
    expect(shiftRange(hour, -1, NOW)).toEqual({ kind: "absolute", from: NOW - DAY / 12, to: NOW - DAY / 24 });
    expect(printRange(widenRange(hour, NOW))).toBe("6h");
    expect(printRange(widenRange(parseRange("1y")!, NOW))).toBe("all");
    expect(widenRange({ kind: "absolute", from: 100, to: 200 }, NOW)).toEqual({
      kind: "absolute",
      from: 50,
      to: 250,
    });
  });
});

it("offers the week as it begins for the reader", () => {
  const weeks = [1, 0, 6].map((day) => presetsFor(day).find(([, label]) => label === "This week")?.[0]);
  expect(weeks).toEqual(["mon..now", "sun..now", "sat..now"]);
  const begins = weeks.map((token) => resolveRange(parseRange(token!)!, NOW, "UTC").from);
  expect(begins).toEqual([utc(2026, 10, 23), utc(2026, 10, 22), utc(2026, 10, 21)]);
});

it("has words", () => {
  expect(labelRange(parseRange("24h")!, "UTC")).toBe("Past 24 h");
  expect(labelRange(parseRange("90m")!, "UTC")).toBe("Past 90 min");
  expect(labelRange(parseRange("mon..now")!, "UTC")).toBe("This week");
  expect(labelRange(parseRange("sun..now")!, "UTC")).toBe("Sun – now");
  const text = labelRange({ kind: "absolute", from: utc(2025, 10, 12, 9), to: utc(2025, 10, 13, 18) }, "UTC");
  expect(text).toBe("12 Nov 2025 09:00 – 13 Nov 2025 18:00 UTC");
});
