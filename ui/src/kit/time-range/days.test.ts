import { CalendarDate } from "@internationalized/date";
import { describe, expect, it } from "vitest";
import { clockTime, daysOf, instantOf, wholeDays } from "./days";

const at = (text: string): number => Date.parse(text);
const BERLIN = "Europe/Berlin";

describe("instants in a zone", () => {
  it("are what its clock shows, to the minute", () => {
    expect(clockTime(at("2026-07-01T22:30:59.9Z"), BERLIN).toString()).toBe("2026-07-02T00:30:00");
    expect(clockTime(at("2026-07-01T22:30:59.9Z"), "UTC").toString()).toBe("2026-07-01T22:30:00");
  });

  it("are found again, also around a change of the clocks", () => {
    for (const text of ["2026-03-29T00:30Z", "2026-03-29T01:30Z", "2026-10-25T00:30Z", "2026-12-31T23:59Z"])
      for (const zone of [BERLIN, "UTC", "Asia/Kolkata", "America/New_York"])
        expect(instantOf(clockTime(at(text), zone), zone)).toBe(at(text));
  });

  it("that a clock never shows are those after the jump", () => {
    const time = clockTime(at("2026-03-29T00:30Z"), BERLIN).add({ hours: 1 });
    expect(time.toString()).toBe("2026-03-29T02:30:00");
    expect(instantOf(time, BERLIN)).toBe(at("2026-03-29T01:30Z"));
  });
});

describe("days", () => {
  const days = (from: string, to: string, zone = BERLIN) => {
    const { start, end } = daysOf({ from: at(from), to: at(to) }, zone);
    return [start.toString(), end.toString()];
  };

  it("of a stretch do not take in the midnight it ends at", () => {
    expect(days("2026-11-01T23:00Z", "2026-11-03T23:00Z")).toEqual(["2026-11-02", "2026-11-03"]);
    expect(days("2026-11-01T23:00Z", "2026-11-03T23:01Z")).toEqual(["2026-11-02", "2026-11-04"]);
    expect(days("2026-11-01T23:00Z", "2026-11-01T23:00Z")).toEqual(["2026-11-02", "2026-11-02"]);
  });

  it("that are chosen are whole, however long they are", () => {
    const { from, to } = wholeDays({
      start: new CalendarDate(2026, 10, 25),
      end: new CalendarDate(2026, 10, 25),
    });
    expect((instantOf(to, BERLIN) - instantOf(from, BERLIN)) / 3_600_000).toBe(25);
    expect(daysOf({ from: instantOf(from, BERLIN), to: instantOf(to, BERLIN) }, BERLIN)).toEqual({
      start: new CalendarDate(2026, 10, 25),
      end: new CalendarDate(2026, 10, 25),
    });
  });
});
