// The counts beside the rows follow what arrives: the open facets and the strip are counted again, now and then.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { useLive } from "../live";
import type { List } from "./use-list";

/** Counting costs the server more than rows do, and nobody reads numbers that change each second. */
const EVERY_MS = 10_000;
const TOPICS = ["traces"];

export function useLiveCounts<R>({ project, entity }: List<R>, isOn: boolean): void {
  const queries = useQueryClient();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const count = useCallback(() => {
    timer.current = undefined;
    // Only what is looked at is asked again: closed facets have nobody who watches them.
    for (const what of ["facet", "histogram"])
      void queries.invalidateQueries({ queryKey: [what, project, entity] });
  }, [queries, project, entity]);
  const onMessage = useCallback(() => {
    timer.current ??= setTimeout(count, EVERY_MS);
  }, [count]);
  useLive(project, TOPICS, onMessage, isOn);
  useEffect(
    () => () => {
      clearTimeout(timer.current);
      timer.current = undefined;
    },
    [count],
  );
}
