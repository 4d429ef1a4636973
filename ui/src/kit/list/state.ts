// What the address of every list holds.
import { type Codec, list, oneOf, optional, text } from "../url";
import { rangeField } from "../time-range";

export type ListState = {
  q: string;
  range: string;
  sort: string;
  cols: readonly string[];
  row: "" | "compact" | "default" | "tall";
  peek: string | undefined;
  /** Selected span of the open trace; the viewer reads it too. */
  observation: string | undefined;
  /** Of the viewer inside of the peek: cleared when another row is opened. */
  find: string | undefined;
  zoom: string | undefined;
  fold: string | undefined;
  view: string | undefined;
  live: "" | "0" | "1";
  /** Langfuse's filter of old links: read once, then part of `q`. */
  filter: string | undefined;
};

export function listCodec(defaultSort: string): Codec<ListState> {
  return {
    q: text(),
    range: rangeField(),
    sort: text(defaultSort),
    cols: list(),
    row: oneOf(["", "compact", "default", "tall"], ""),
    peek: optional(),
    observation: optional(),
    find: optional(),
    zoom: optional(),
    fold: optional(),
    view: optional(),
    live: oneOf(["", "0", "1"], ""),
    filter: optional(),
  };
}

/** Opens another row, or none: what belonged to the one before goes. */
export function peekAt(peek: string | undefined, observation?: string): Partial<ListState> {
  return { peek, observation, find: undefined, zoom: undefined, fold: undefined };
}
