// What the search in the trace finds: by name, type and model here, by what went in and came out on the server.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";

import type { TraceModel } from "./model";
import { textQuery } from "./queries";
import { find } from "./rows";
import type { Source } from "./source";

const LEAST = 2;
const MOST = 200;
const REST_MS = 250;

export interface Hits {
  /** Nodes in the order of rows. */
  nodes: Int32Array;
  named: ReadonlySet<number>;
  inTexts: ReadonlySet<number>;
  isLooking: boolean;
  /** What was not looked at, in words; "" when all was. */
  limits: string;
}

export function useHits(source: Source, traceId: string, model: TraceModel, text: string): Hits {
  const wanted = useRested(text.trim());
  const { data, isFetching, isError } = useQuery({
    ...textQuery(source, traceId, wanted),
    enabled: wanted.length >= LEAST && wanted.length <= MOST,
  });
  const found = wanted === text.trim() ? data : undefined;
  const byName = useMemo(() => find(model, text), [model, text]);
  const inTexts = useMemo(() => {
    const nodes = (found?.ids ?? []).map((id) => model.indexOf.get(id));
    return new Set(nodes.filter((node) => node !== undefined));
  }, [found, model]);
  return useMemo(() => {
    const named = new Set(byName);
    const nodes = Int32Array.from(new Set([...named, ...inTexts]));
    nodes.sort((a, b) => model.place[a]! - model.place[b]!);
    const limits = [
      isError && "Inputs and outputs were not searched: the search failed.",
      found?.more && `Inputs and outputs: the first ${found.ids.length} spans.`,
      found && found.ids.length > inTexts.size && "Some matches are in spans that are not loaded.",
      found && found.unread > 0 && `Of ${found.unread} long texts only the beginning was searched.`,
    ];
    return { nodes, named, inTexts, isLooking: isFetching, limits: limits.filter(Boolean).join(" ") };
  }, [model, byName, inTexts, found, isFetching, isError]);
}

/** The last text that stood for a moment: not each letter is a question to the server. */
function useRested(text: string): string {
  const [rested, setRested] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setRested(text), REST_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return rested;
}
