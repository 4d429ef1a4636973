import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import * as f from "./format";

afterEach(() => f.setFormatPreferences({ timeZone: "local", hour12: false, locale: "en", currency: "USD" }));

const table = <A>(run: (value: A) => string, rows: [A, string][]): void => {
  for (const [value, text] of rows) expect(run(value), String(value)).toBe(text);
};

describe("durations", () => {
  it("follows the steps and never rounds into the next unit's text", () => {
    table(f.formatDuration, [
      [0, "0 ms"],
      [0.0004, "0.4 ms"],
      [0.00001, "<0.1 ms"],
      [0.00096, "1 ms"],
      [0.087, "87 ms"],
      [0.9994, "999 ms"],
      [0.9996, "1.00 s"],
      [1.24, "1.24 s"],
      [9.996, "10.0 s"],
      [42.6, "42.6 s"],
      [59.97, "1 m 00 s"],
      [188, "3 m 08 s"],
      [3599.6, "1 h 00 m"],
      [4320, "1 h 12 m"],
      [86_399, "1 d 00 h"],
      [-1.5, "-1.50 s"],
    ]);
  });
  it("says nothing about what was not measured", () => {
    for (const value of [null, undefined, "", "x", Number.NaN, Infinity])
      expect(f.formatDuration(value)).toBe("\u2013");
  });
});

describe("money", () => {
  it("shows two significant digits of small costs and two decimals of others", () => {
    table(f.formatCost, [
      [0, "$0"],
      ["0.00021", "$0.00021"],
      [0.0000000213, "$0.000000021"],
      [1e-12, "<$0.0000000001"],
      [0.0099, "$0.0099"],
      [0.0134, "$0.01"],
      [12.4, "$12.40"],
      [1234.5, "$1,234.50"],
      [18_234, "$18.2k"],
      [-2, "-$2.00"],
    ]);
    expect(f.formatCost(0.0134, { detail: true })).toBe("$0.0134");
    expect(f.formatCost(0.5, { detail: true })).toBe("$0.50");
  });
  it("never shows a cost as zero", () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-15, max: 1e9, noNaN: true }), (value) => {
        expect(f.formatCost(value)).toMatch(/[1-9]/);
      }),
    );
  });
  it("uses the project's currency", () => {
    f.setFormatPreferences({ currency: "EUR" });
    expect(f.formatCost(2)).toBe("\u20ac2.00");
    f.setFormatPreferences({ currency: "CHF" });
    expect(f.formatCost(2)).toBe("CHF 2.00");
  });
});

describe("counts", () => {
  it("groups, then compacts", () => {
    table(f.formatTokens, [
      [1204, "1,204"],
      [12_345, "12.3k"],
      [1_200_000, "1.2M"],
      [999_960, "1M"],
    ]);
    table(f.formatCount, [
      [99_999, "99,999"],
      [120_000, "120k"],
    ]);
    expect(f.formatCount(48_123, { estimated: true })).toBe("~48.1k");
    expect(f.formatTokenPair(1204, 318, 812)).toBe("1,204 \u2192 318 (812 cached)");
    expect(f.formatTokenPair(null, null)).toBe("\u2013");
    expect(f.formatPlural(1, "trace")).toBe("1 trace");
    expect(f.formatPlural(0, "trace")).toBe("0 traces");
  });
  it("shows shares with one decimal and honest ends", () => {
    table(f.formatShare, [
      [0, "0%"],
      [0.0004, "<0.1%"],
      [0.024, "2.4%"],
      [0.9999, ">99.9%"],
      [1, "100%"],
    ]);
  });
  it("shows scores by their type", () => {
    expect(f.formatScore({ value: 0.8333, type: "NUMERIC" })).toBe("0.833");
    expect(f.formatScore({ value: 1, type: "BOOLEAN" })).toBe("\u2713 true");
    expect(f.formatScore({ value: 0, text: "False", type: "BOOLEAN" })).toBe("\u2717 false");
    expect(f.formatScore({ text: "good", value: 2, type: "CATEGORICAL" })).toBe("good");
    expect(f.formatScore({})).toBe("\u2013");
  });
  it("says which change is good", () => {
    expect(f.formatDelta(112, 100, "down")).toEqual({ text: "+12%", direction: "up", good: false });
    expect(f.formatDelta(50, 100, "down")).toEqual({ text: "-50%", direction: "down", good: true });
    expect(f.formatDelta(100, 100, "up")?.good).toBeNull();
    expect(f.formatDelta(3, 0, "up")).toBeNull();
    expect(f.formatDelta(2000, 100, null)).toEqual({ text: "+20\u00d7", direction: "up", good: null });
  });
  it("shows bytes", () => {
    table(f.formatBytes, [
      [812, "812 B"],
      [14_200, "14.2 kB"],
      [999_999, "1 MB"],
      [1_200_000, "1.2 MB"],
    ]);
  });
});

describe("times", () => {
  const now = "2026-11-12T18:00:00Z";
  it("gets longer the farther away it is", () => {
    f.setFormatPreferences({ timeZone: "utc" });
    expect(f.formatTime("2026-11-12T14:03:22.418Z", now)).toBe("14:03:22.418");
    expect(f.formatTime("2026-11-02T14:03:22.418Z", now)).toBe("2 Nov 14:03");
    expect(f.formatTime("2025-11-12T14:03:22.418Z", now)).toBe("2025-11-12 14:03");
    expect(f.formatTime("nonsense")).toBe("\u2013");
    f.setFormatPreferences({ hour12: true });
    expect(f.formatTime("2026-11-12T00:03:22.418Z", now)).toBe("12:03:22.418 AM");
  });
  it("tells how long ago", () => {
    expect(f.formatRelative("2026-11-12T17:59:58Z", now)).toBe("just now");
    expect(f.formatRelative("2026-11-12T17:57:00Z", now)).toBe("3 m ago");
    expect(f.formatRelative("2026-11-10T17:57:00Z", now)).toBe("2 d ago");
    expect(f.formatRelative("2026-11-15T18:00:00Z", now)).toBe("in 3 d");
    expect(f.formatTimeDetails("2026-11-12T17:57:00Z", now)).toBe(
      "2026-11-12 17:57:00.000 UTC \u00b7 3 m ago \u00b7 1794506220000",
    );
  });
});

it("cuts long ids only", () => {
  expect(f.shortId("4bf92f3577b34da6a3ce929d0e0e4736")).toBe("4bf92f35\u2026");
  expect(f.shortId("user-42")).toBe("user-42");
  expect(f.shortId("")).toBe("\u2013");
});
