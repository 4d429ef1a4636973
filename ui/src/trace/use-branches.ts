// Of a trace that is too large to be read at once: branches are read when they are opened, and the way to a linked span.
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";

import { errorText, toast } from "@/design";

import type { TraceModel } from "./model";
import { skeletonQuery, traceKey } from "./queries";
import { decode, graft, type Skeleton } from "./skeleton";
import { readAncestors, readChildren, type Source } from "./source";

export interface Branches {
  /** Ids of spans whose children are being read. */
  reading: ReadonlySet<string>;
  read: (id: string) => void;
  /** The linked span is looked for. */
  isLooking: boolean;
}

export function useBranches(source: Source, traceId: string, model: TraceModel, linked: string): Branches {
  const queries = useQueryClient();
  const busy = useRef(new Set<string>());
  const [reading, setReading] = useState<ReadonlySet<string>>(new Set());
  const add = useCallback(
    (branch: Skeleton) =>
      queries.setQueryData<Skeleton>(
        skeletonQuery(source, traceId).queryKey,
        (base) => base && graft(base, branch),
      ),
    [queries, source, traceId],
  );
  const read = useCallback(
    (id: string) => {
      if (busy.current.has(id)) return;
      busy.current.add(id);
      setReading(new Set(busy.current));
      readChildren(source, { query: { id: traceId, of: id } })
        .then(
          (found) => void add(decode(found)),
          (error: Error) =>
            void toast({ title: "The spans were not loaded", description: errorText(error), tone: "danger" }),
        )
        .finally(() => {
          busy.current.delete(id);
          setReading(new Set(busy.current));
        });
    },
    [source, traceId, add],
  );
  const isOutside = model.truncated && linked !== "" && !model.indexOf.has(linked);
  const { isFetching } = useQuery({
    queryKey: [...traceKey(source, traceId), "ancestors", linked],
    queryFn: async ({ signal }) => {
      add(decode(await readAncestors(source, { query: { id: traceId, of: linked }, signal })));
      return true;
    },
    enabled: isOutside,
    retry: false,
    staleTime: Infinity,
  });
  return { reading, read, isLooking: isFetching };
}
