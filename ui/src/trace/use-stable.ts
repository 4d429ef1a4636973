// A function of one identity that always does what the latest render says: for parts that are drawn seldom.
import { useCallback, useEffect, useRef } from "react";

export function useStable<A extends unknown[]>(action: (...args: A) => void): (...args: A) => void {
  const latest = useRef(action);
  useEffect(() => {
    latest.current = action;
  });
  return useCallback((...args: A) => latest.current(...args), []);
}
