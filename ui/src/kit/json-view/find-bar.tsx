// Search in the text: how many places, which one, and the way to its row.
import { ChevronDown, ChevronUp } from "lucide-react";
import { useEffect, useState, type ReactElement, type Ref } from "react";
import { IconButton, SearchField } from "@/design";
import type { JsonDocument } from "./document";
import { findAll, MAX_MATCHES, rowAt } from "./find";

export interface FindBarProps {
  field?: Ref<HTMLInputElement>;
  document: JsonDocument;
  onFound(open: readonly string[], id: string | undefined): void;
}

const DELAY_MS = 150;

export function FindBar({ document, onFound, field }: FindBarProps): ReactElement {
  const [needle, setNeedle] = useState("");
  const [places, setPlaces] = useState<number[]>([]);
  const [at, setAt] = useState(0);
  useEffect(() => {
    const control = new AbortController();
    const timer = setTimeout(() => {
      void findAll(document.text, needle, control.signal).then((found) => {
        if (control.signal.aborted) return;
        setPlaces(found);
        setAt(0);
      });
    }, DELAY_MS);
    return () => {
      control.abort();
      clearTimeout(timer);
    };
  }, [document, needle]);
  useEffect(() => {
    const place = places[at];
    if (place === undefined) return onFound([], undefined);
    let isGone = false;
    void rowAt(document, place).then(({ id, open }) => !isGone && onFound(open, id));
    return () => {
      isGone = true;
    };
  }, [document, places, at, onFound]);
  const step = (by: number): void =>
    setAt((before) => (before + by + places.length) % Math.max(places.length, 1));
  const count = places.length >= MAX_MATCHES ? `${MAX_MATCHES}+` : String(places.length);
  return (
    <div className="flex min-w-0 items-center gap-1">
      <SearchField
        ref={field}
        label="Find in JSON"
        hideLabel
        placeholder="Find"
        value={needle}
        onChange={setNeedle}
        onSubmit={() => step(1)}
        className="w-40"
      />
      {needle !== "" && (
        <>
          <span role="status" className="tabular text-table whitespace-nowrap text-3">
            {places.length === 0 ? "none" : `${at + 1} of ${count}`}
          </span>
          <IconButton
            label="Previous match"
            icon={ChevronUp}
            size="compact"
            isDisabled={places.length < 2}
            onPress={() => step(-1)}
          />
          <IconButton
            label="Next match"
            icon={ChevronDown}
            size="compact"
            isDisabled={places.length < 2}
            onPress={() => step(1)}
          />
        </>
      )}
    </div>
  );
}
