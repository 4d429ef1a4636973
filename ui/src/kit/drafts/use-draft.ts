// The text of a field that outlives the page: kept while it is typed, restored when its object is opened again.
import { useCallback, useEffect, useRef, useState } from "react";

import { type Draft, readDraft, writeDraft } from "./store";

const REST_MS = 300;

export interface DraftText {
  text: string;
  setText: (text: string) => void;
  /** What was found when the field was opened, until it is changed away or sent. */
  restored: Draft | null;
  /** Sent, or not wanted any more: empty, here and in the store. */
  clear: () => void;
}

/** `key`: of the person and the object, such as "u1 comment TRACE t1". Give the component a key with it. */
export function useDraft(key: string): DraftText {
  const [text, show] = useState("");
  const [restored, setRestored] = useState<Draft | null>(null);
  const touched = useRef(false);
  const waiting = useRef<{ text: string; timer: ReturnType<typeof setTimeout> } | null>(null);

  const flush = useCallback(() => {
    if (!waiting.current) return;
    clearTimeout(waiting.current.timer);
    void writeDraft(key, waiting.current.text);
    waiting.current = null;
  }, [key]);

  useEffect(() => {
    let isHere = true;
    void readDraft(key).then((found) => {
      // Who was faster than the store keeps what they typed.
      if (!isHere || !found || touched.current) return;
      show(found.text);
      setRestored(found);
    });
    addEventListener("pagehide", flush);
    return () => {
      isHere = false;
      removeEventListener("pagehide", flush);
      flush();
    };
  }, [key, flush]);

  const setText = useCallback(
    (next: string) => {
      touched.current = true;
      show(next);
      if (next === "") setRestored(null);
      if (waiting.current) clearTimeout(waiting.current.timer);
      waiting.current = { text: next, timer: setTimeout(flush, REST_MS) };
    },
    [flush],
  );
  const clear = useCallback(() => {
    setText("");
    flush();
  }, [setText, flush]);
  return { text, setText, restored, clear };
}
