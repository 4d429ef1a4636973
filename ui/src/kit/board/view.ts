// What all cards of a page share: the range, the filter, and where links go.
import { ColourBook } from "@/kit/chart";
import type { Granularity, Place, Scope } from "@/kit/metrics";
import { LATENCIES, TOKEN_KINDS } from "./shapes";

export type View = {
  projectId: string;
  scope: Scope;
  /** The period of the same length before; null where there is none, as before all time. */
  before: Scope | null;
  over: Granularity;
  /** When the range was resolved. */
  now: number;
  place: Place;
  books: Books;
};

/** Colours by what the names are of: a model has one colour in all charts of models. */
export type Books = {
  states: ColourBook;
  latencies: ColourBook;
  models: ColourBook;
  tokens: ColourBook;
  scores: ColourBook;
};

export function makeBooks(): Books {
  return {
    states: new ColourBook(),
    latencies: new ColourBook().reserve(LATENCIES, [1, 2, 4]),
    models: new ColourBook(),
    tokens: new ColourBook().reserve(TOKEN_KINDS, [1, 8, 2, 6]),
    scores: new ColourBook(),
  };
}

/** The charts of a page share their crosshair. */
export const SYNC = "board";
