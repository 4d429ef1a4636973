// Instants as days and clock times of a zone, and back. Pure.
import {
  CalendarDateTime,
  fromAbsolute,
  toCalendarDate,
  toCalendarDateTime,
  toZoned,
  type CalendarDate,
} from "@internationalized/date";

/** Half-open: `to` is the first moment that is not meant any more. */
export type Ends = { from: number; to: number };

const MINUTE = 60_000;

/** What a clock of the zone shows, to the minute. */
export function clockTime(ms: number, zone: string): CalendarDateTime {
  return toCalendarDateTime(fromAbsolute(Math.floor(ms / MINUTE) * MINUTE, zone));
}

/** The instant at which a clock of the zone shows this; of two the earlier one, and where clocks jump the one after. */
export function instantOf(time: CalendarDateTime, zone: string): number {
  return toZoned(time, zone, "compatible").toDate().getTime();
}

/** The days that a stretch touches, both inclusive: one that ends at midnight does not touch the next day. */
export function daysOf({ from, to }: Ends, zone: string): { start: CalendarDate; end: CalendarDate } {
  return {
    start: toCalendarDate(fromAbsolute(from, zone)),
    end: toCalendarDate(fromAbsolute(Math.max(from, to - 1), zone)),
  };
}

/** Whole days, from the first moment of the first to the last moment of the last. */
export function wholeDays({ start, end }: { start: CalendarDate; end: CalendarDate }): {
  from: CalendarDateTime;
  to: CalendarDateTime;
} {
  const midnight = (day: CalendarDate) => new CalendarDateTime(day.year, day.month, day.day);
  return { from: midnight(start), to: midnight(end.add({ days: 1 })) };
}
