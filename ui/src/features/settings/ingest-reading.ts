// One look at the counters of ingest, with how fast events come in between two looks.
import type { Schema } from "@/api";

export interface Reading {
  counters: Schema<"IngestOut">;
  /** Milliseconds of the browser's clock. */
  at: number;
  /** Events a second since the look before; null at the first, and when the server began anew. */
  rate: number | null;
}

export function readingOf(counters: Schema<"IngestOut">, at: number, before: Reading | undefined): Reading {
  const came = counters.received - (before?.counters.received ?? 0);
  const rate = before && at > before.at && came >= 0 ? (came * 1000) / (at - before.at) : null;
  return { counters, at, rate };
}

/** `status_400` is "status 400". */
export const reasonWords = (reason: string): string => reason.replaceAll("_", " ");
