// A text with suggestions: one of the list, or whatever is typed. The list belongs to the landmark that its field is in,
// and leaves the rest of the page alone; the kit's own hides that from screen readers while it is open.
import clsx from "clsx";
import { ChevronDown } from "lucide-react";
import { type KeyboardEvent, type ReactElement, useEffect, useId, useMemo, useRef, useState } from "react";
import { Input, TextField as AriaTextField } from "react-aria-components";
import { CONTROL, FIELD, FieldHelp, FieldLabel, type FieldProps } from "./field";
import { Layer } from "./popover";
import { type Option, OPTION, OptionRow } from "./select";

export interface ComboBoxProps extends FieldProps {
  options: readonly Option[];
  /** What is in the field: the id of an option, or another text. */
  value: string | null;
  onChange: (value: string | null) => void;
  placeholder?: string;
}

const LANDMARK = "main, nav, aside, [role=dialog], [role=alertdialog]";

/** The options that contain the text, those that begin with it first. */
function matches(options: readonly Option[], text: string): readonly Option[] {
  const wanted = text.trim().toLowerCase();
  const begins = ({ label }: Option): boolean => label.toLowerCase().startsWith(wanted);
  return options
    .filter(({ label }) => label.toLowerCase().includes(wanted))
    .toSorted((a, b) => Number(begins(b)) - Number(begins(a)));
}

export function ComboBox(props: ComboBoxProps): ReactElement {
  const { label, hideLabel, description, error, className, options, value, onChange, placeholder } = props;
  const list = useId();
  const [field, setField] = useState<HTMLInputElement | null>(null);
  const place = useMemo(() => ({ current: field }), [field]);
  const [isOpen, setOpen] = useState(false);
  // The text that narrows the list: what was typed since it opened. A value that was there shows all.
  const [typed, setTyped] = useState("");
  const [active, setActive] = useState(-1);
  const found = matches(options, typed);
  const activeId = isOpen && found[active] ? `${list}-${active}` : undefined;
  const open = (at: number): void => {
    if (!isOpen) setTyped("");
    setOpen(true);
    setActive(at);
  };
  const close = (): void => {
    setOpen(false);
    setActive(-1);
  };
  const choose = (option: Option): void => {
    onChange(option.id);
    close();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      const count = (isOpen ? found : options).length;
      open(isOpen ? (active + step + count) % Math.max(1, count) : step > 0 ? 0 : count - 1);
      event.preventDefault();
    } else if (event.key === "Enter" && isOpen && found[active]) {
      choose(found[active]);
      event.preventDefault();
    } else if (event.key === "Escape" && isOpen) {
      close();
      // Of the list alone, not of the dialog around it.
      event.stopPropagation();
    }
  };
  return (
    <AriaTextField
      value={value ?? ""}
      onChange={(text) => {
        onChange(text || null);
        setTyped(text);
        setOpen(true);
        setActive(-1);
      }}
      isInvalid={!!error}
      isRequired={props.isRequired}
      isDisabled={props.isDisabled}
      validationBehavior="aria"
      className={clsx(FIELD, className)}
    >
      <FieldLabel label={label} hideLabel={hideLabel} isRequired={props.isRequired} />
      <span className="relative flex">
        <Input
          ref={setField}
          role="combobox"
          autoComplete="off"
          aria-autocomplete="list"
          aria-expanded={isOpen && found.length > 0}
          aria-controls={isOpen ? list : undefined}
          aria-activedescendant={activeId}
          placeholder={placeholder}
          className={clsx(CONTROL, "pr-7")}
          onClick={() => open(-1)}
          onBlur={close}
          onKeyDownCapture={onKeyDown}
        />
        <ChevronDown size={14} aria-hidden className="pointer-events-none absolute top-2 right-2 text-3" />
        {isOpen && found.length > 0 && (
          <Layer
            isNonModal
            isOpen
            triggerRef={place}
            placement="bottom start"
            UNSTABLE_portalContainer={field?.closest<HTMLElement>(LANDMARK) ?? document.body}
            className="min-w-(--trigger-width)"
          >
            <Suggestions {...{ list, label, found, active, value }} onChoose={choose} />
          </Layer>
        )}
      </span>
      <FieldHelp description={description} error={error} />
    </AriaTextField>
  );
}

interface SuggestionsProps {
  list: string;
  label: string;
  found: readonly Option[];
  active: number;
  value: string | null;
  onChoose: (option: Option) => void;
}

function Suggestions({ list, label, found, active, value, onChoose }: SuggestionsProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    box.current?.querySelector("[data-focused]")?.scrollIntoView({ block: "nearest" });
  }, [active]);
  return (
    <div
      ref={box}
      id={list}
      role="listbox"
      aria-label={label}
      className="max-h-80 max-w-90 overflow-auto p-1"
    >
      {found.map((option, at) => (
        // The keyboard works through the field above, as the combobox pattern wants it.
        // oxlint-disable-next-line jsx-a11y/click-events-have-key-events, jsx-a11y/interactive-supports-focus
        <div
          key={option.id}
          id={`${list}-${at}`}
          role="option"
          aria-selected={option.id === value}
          data-focused={at === active || undefined}
          className={clsx(OPTION, "hover:bg-s2")}
          // The field keeps the focus.
          onMouseDown={(event) => event.preventDefault()}
          onClick={() => onChoose(option)}
        >
          <OptionRow option={option} isSelected={option.id === value} />
        </div>
      ))}
    </div>
  );
}
