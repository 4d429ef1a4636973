// The address of an open trace in the words of the URL kit.
import { type Codec, text } from "@/kit/url";

import { LEVELS, MODES, readFold, readZoom, TABS, type TraceUrl, writeFold, writeZoom } from "./viewer-url";

/** One of some words, in any case: links of other tools write them differently. */
function word<T extends string>(words: readonly T[], fallback: T) {
  return {
    parse: (value: string) => words.find((one) => one === value.toLowerCase()),
    print: (value: T) => value as string,
    default: fallback,
  };
}

export const TRACE_CODEC: Codec<TraceUrl> = {
  mode: word(MODES, "tree"),
  tab: word(TABS, "messages"),
  observation: text(""),
  find: text(""),
  zoom: {
    parse: (value) => readZoom(value) ?? undefined,
    print: (value) => writeZoom(value) ?? "",
    default: null,
  },
  fold: { parse: readFold, print: (value) => writeFold(value) ?? "", default: [] },
  min: {
    parse: (value) => {
      const at = LEVELS.findIndex((level) => level === value.toUpperCase());
      return at < 0 ? undefined : at;
    },
    print: (value) => LEVELS[value] ?? "DEBUG",
    default: 0,
  },
};
