// Whole days of the reader's clock, as date fields have them, and the instants that they begin and end at.
const DAY_MS = 86_400_000;

/** "2026-11-26" so many days before today. */
export function daysAgo(count: number, now: number = Date.now()): string {
  const day = new Date(now - count * DAY_MS);
  const pad = (part: number): string => String(part).padStart(2, "0");
  return `${day.getFullYear()}-${pad(day.getMonth() + 1)}-${pad(day.getDate())}`;
}

const local = (day: string): Date => new Date(`${day}T00:00:00`);

export const startOf = (day: string): string => (day ? local(day).toISOString() : "");

/** The first instant after the day, however many hours it has. */
export function endOf(day: string): string {
  if (!day) return "";
  const next = local(day);
  next.setDate(next.getDate() + 1);
  return next.toISOString();
}
