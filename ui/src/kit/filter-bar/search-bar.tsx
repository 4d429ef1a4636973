// The search bar: an input whose text is drawn in colours by an overlay, and a listbox that completes. It holds only a
// draft; the query itself is in the address.
import clsx from "clsx";
import { Search, X } from "lucide-react";
import {
  useId,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type Ref,
} from "react";
import { IconButton } from "@/design";
import type { Entity, Scope } from "../list/api";
import { parse, toApi, type FieldSet } from "../query-language";
import { apply, type Suggestion } from "../query-language/complete";
import { Coloured } from "./coloured";
import { rememberField, rememberQuery } from "./recent";
import { useSuggestions } from "./use-suggestions";

export type SearchBarProps = {
  project: string;
  entity: Entity;
  fields: FieldSet;
  /** Filter and time, for counts of completed values; null while unknown. */
  scope: Scope | null;
  q: string;
  onSubmit: (q: string) => void;
  placeholder?: string;
  inputRef?: Ref<HTMLInputElement>;
};

export function SearchBar(props: SearchBarProps): ReactElement {
  const { q, fields, entity, onSubmit } = props;
  const [draft, setDraft] = useState(q);
  const [caret, setCaret] = useState(q.length);
  const [isOpen, setIsOpen] = useState(false);
  const [active, setActive] = useState(-1);
  const [hasTried, setHasTried] = useState(false);
  const [hasTyped, setHasTyped] = useState(false);
  const own = useRef<HTMLInputElement>(null);
  const place = useRef<number | null>(null);
  const id = useId();
  useImperativeHandle(props.inputRef, () => own.current!);
  // Before the next key arrives: a completed text leaves the caret behind it.
  useLayoutEffect(() => {
    if (place.current === null) return;
    own.current?.focus();
    own.current?.setSelectionRange(place.current, place.current);
    place.current = null;
  });
  const [known, setKnown] = useState(q);
  if (known !== q) {
    // Another editor changed the query.
    setKnown(q);
    setDraft(q);
    setHasTried(false);
  }

  const suggestions = useSuggestions(draft, caret, isOpen, props);
  const { tokens, problems } = useMemo(() => {
    const parsed = parse(draft);
    const checked = fields.list.length > 0 ? toApi(parsed.query, fields, 0).diagnostics : [];
    return { tokens: parsed.tokens, problems: [...parsed.diagnostics, ...checked] };
  }, [draft, fields]);
  // While somebody types, the unfinished term at the caret is no mistake yet.
  const shown = hasTried || !isOpen ? problems : problems.filter(({ to }) => to < caret);
  const message = (hasTried || !isOpen) && draft === q ? problems[0] : hasTried ? problems[0] : undefined;

  const submit = (): void => {
    setHasTried(true);
    if (problems.length > 0) return;
    setIsOpen(false);
    if (draft.trim() !== "") rememberQuery(entity, draft.trim());
    for (const term of parse(draft).query) if (term.kind === "field") rememberField(entity, term.field.name);
    onSubmit(draft.trim());
  };

  const accept = (suggestion: Suggestion): void => {
    const done = apply(draft, suggestion);
    setDraft(done.text);
    setCaret(done.caret);
    setActive(-1);
    setIsOpen(true);
    place.current = done.caret;
  };

  const onKeyDown = (event: KeyboardEvent<HTMLInputElement>): void => {
    const chosen = isOpen ? suggestions[active] : undefined;
    // Tab completes what was begun; with nothing begun it goes on to the next control.
    const isBegun = hasTyped && /\S$/.test(draft.slice(0, caret));
    if (event.key === "Tab" && !event.shiftKey && isOpen && suggestions.length > 0 && (chosen || isBegun)) {
      event.preventDefault();
      accept(chosen ?? suggestions[0]!);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (chosen) accept(chosen);
      else submit();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const count = suggestions.length;
      if (!isOpen) setIsOpen(true);
      else if (count > 0)
        setActive(
          (now) =>
            (now +
              (event.key === "ArrowDown" ? 1 : -1) +
              count +
              (now < 0 && event.key === "ArrowUp" ? 1 : 0)) %
            count,
        );
    } else if (event.key === "Escape") {
      event.stopPropagation();
      if (isOpen) setIsOpen(false);
      else if (draft !== q) setDraft(q);
      else own.current?.blur();
    }
  };

  const track = (): void => setCaret(own.current?.selectionStart ?? draft.length);
  const list = isOpen && suggestions.length > 0;
  return (
    <div className="relative min-w-0 flex-1" role="search">
      <div
        className={clsx(
          "relative flex h-control items-center rounded-control border bg-bg focus-within:outline-2 focus-within:outline-offset-1 focus-within:outline-focus",
          message ? "border-danger" : "border-strong",
        )}
      >
        <Search size={14} aria-hidden className="pointer-events-none absolute left-2 text-3" />
        <input
          ref={own}
          role="combobox"
          aria-label="Search and filter"
          aria-expanded={list}
          aria-controls={`${id}-list`}
          aria-autocomplete="list"
          aria-activedescendant={list && active >= 0 ? `${id}-${active}` : undefined}
          aria-invalid={message !== undefined}
          aria-describedby={message ? `${id}-message` : undefined}
          autoComplete="off"
          autoCapitalize="off"
          spellCheck={false}
          placeholder={props.placeholder ?? "Search or filter: level:ERROR latency:>2s refund"}
          value={draft}
          className={clsx(
            "relative h-full w-full min-w-0 rounded-control bg-transparent pr-7 pl-7 text-base caret-accent outline-none",
            // Its letters are drawn by the overlay; while it has no focus it need not be drawn at all.
            draft !== "" && "[-webkit-text-fill-color:transparent] not-focus:opacity-0",
          )}
          onChange={(event) => {
            setDraft(event.target.value);
            setCaret(event.target.selectionStart ?? event.target.value.length);
            setIsOpen(true);
            setActive(-1);
            setHasTried(false);
            setHasTyped(true);
          }}
          onSelect={track}
          onFocus={() => setIsOpen(true)}
          onBlur={() => {
            setIsOpen(false);
            setActive(-1);
            setHasTyped(false);
          }}
          onKeyDown={onKeyDown}
        />
        {draft !== "" && <Coloured text={draft} tokens={tokens} problems={shown} input={own} />}
        {draft !== "" && (
          <span className="absolute right-0.5">
            <IconButton
              plain
              size="compact"
              label="Clear the search"
              icon={X}
              onPress={() => {
                setDraft("");
                onSubmit("");
              }}
            />
          </span>
        )}
      </div>
      {message && (
        <p
          id={`${id}-message`}
          role="alert"
          className="absolute top-full z-20 mt-1 rounded-control border border-line bg-bg px-2 py-1 text-table text-danger shadow-float"
        >
          {message.to > message.from && (
            <code className="mr-1">{draft.slice(message.from, message.to).slice(0, 40)}</code>
          )}
          {message.message}
        </p>
      )}
      <div
        id={`${id}-list`}
        role="listbox"
        aria-label="Suggestions"
        hidden={!list || message !== undefined}
        className="absolute top-full right-0 left-0 z-30 mt-1 max-h-90 overflow-auto rounded-card border border-line bg-bg p-1 shadow-float md:max-w-150"
      >
        {suggestions.map((suggestion, index) => (
          <div
            key={`${suggestion.insert}/${index}`}
            id={`${id}-${index}`}
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            ref={index === active ? (node) => node?.scrollIntoView({ block: "nearest" }) : undefined}
            className={clsx(
              "flex min-h-7 items-center gap-3 rounded-control px-2",
              index === active ? "bg-s2" : "hover:bg-s1",
            )}
            // The input keeps the focus.
            onPointerDown={(event) => {
              event.preventDefault();
              if (event.button === 0) accept(suggestion);
            }}
          >
            <span className="mono truncate text-table">{suggestion.label}</span>
            {suggestion.detail && (
              <span className="ml-auto max-w-[60%] shrink-0 truncate text-table text-3">
                {suggestion.detail}
              </span>
            )}
          </div>
        ))}
      </div>
    </div>
  );
}
