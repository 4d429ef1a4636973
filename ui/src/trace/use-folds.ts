// Which spans are folded, and which repeat groups are open.
import { useCallback, useState } from "react";

import { FOLD_LIMIT, type TraceUrl } from "./viewer-url";

interface FoldSource {
  url: TraceUrl;
  setUrl: (change: Partial<TraceUrl>, motion?: boolean) => void;
}

/** Folding and open repeat groups; the address has the folds as long as they are few. */
export function useFolds({ url, setUrl }: FoldSource) {
  const key = url.fold.join("\u0000");
  const [state, setState] = useState(() => ({
    seen: key,
    written: key,
    folded: new Set(url.fold) as ReadonlySet<string>,
  }));
  const [opened, setOpened] = useState<ReadonlySet<string>>(new Set());
  // Back and forward change the address only; an address with other folds than the ones we wrote is the newer one.
  if (key !== state.seen) {
    setState(
      key === state.written
        ? { ...state, seen: key }
        : { seen: key, written: key, folded: new Set(url.fold) },
    );
  }
  const changeFolded = useCallback(
    (folded: ReadonlySet<string>) => {
      const list = folded.size > FOLD_LIMIT ? [] : [...folded];
      setState((before) => ({ ...before, written: list.join("\u0000"), folded }));
      setUrl({ fold: list }, true);
    },
    [setUrl],
  );
  return { folded: state.folded, changeFolded, opened, setOpened };
}
