// Whose steps are unfolded. Not in the address: it is how one reads, not what.
import { useCallback, useMemo, useState } from "react";

export interface OpenSteps {
  has(traceId: string): boolean;
  set(traceId: string, open: boolean): void;
  toggle(traceId: string): void;
}

export function useOpenSteps(): OpenSteps {
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const set = useCallback((id: string, open: boolean) => {
    setIds((before) => {
      const after = new Set(before);
      if (open) after.add(id);
      else after.delete(id);
      return after;
    });
  }, []);
  return useMemo(
    () => ({ has: (id) => ids.has(id), set, toggle: (id) => set(id, !ids.has(id)) }),
    [ids, set],
  );
}
