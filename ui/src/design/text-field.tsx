// One line, many lines, or a search.
import clsx from "clsx";
import { Eye, EyeOff, Search, X } from "lucide-react";
import { type ReactElement, type Ref, useState } from "react";
import {
  Button as AriaButton,
  Input,
  SearchField as AriaSearchField,
  TextArea as AriaTextArea,
  TextField as AriaTextField,
  type TextFieldProps as AriaTextFieldProps,
} from "react-aria-components";
import { CONTROL, FIELD, FieldHelp, FieldLabel, type FieldProps } from "./field";

type Common = FieldProps &
  Pick<
    AriaTextFieldProps,
    | "name"
    | "type"
    | "inputMode"
    | "autoComplete"
    | "autoFocus"
    | "isReadOnly"
    | "maxLength"
    | "minLength"
    | "pattern"
    | "onBlur"
    | "onFocus"
    | "onKeyDown"
    | "spellCheck"
    | "id"
  >;

export interface TextFieldProps extends Common {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  /** Code and ids: the fixed-width face. */
  mono?: boolean;
  ref?: Ref<HTMLInputElement>;
}

/** The kit keeps every key of a field that somebody listens to, also the Escape that closes the dialog around it. */
function passing(onKeyDown: AriaTextFieldProps["onKeyDown"]): AriaTextFieldProps["onKeyDown"] {
  return (
    onKeyDown &&
    ((event) => {
      onKeyDown(event);
      event.continuePropagation();
    })
  );
}

export function TextField({
  label,
  hideLabel,
  description,
  error,
  className,
  placeholder,
  mono,
  ref,
  ...rest
}: TextFieldProps): ReactElement {
  const [shown, setShown] = useState(false);
  const secret = rest.type === "password";
  return (
    <AriaTextField
      {...rest}
      onKeyDown={passing(rest.onKeyDown)}
      type={secret && shown ? "text" : rest.type}
      isInvalid={!!error}
      className={clsx(FIELD, className)}
      validationBehavior="aria"
    >
      <FieldLabel label={label} hideLabel={hideLabel} isRequired={rest.isRequired} />
      <span className="relative flex">
        <Input
          ref={ref}
          placeholder={placeholder}
          className={clsx(CONTROL, mono && "mono text-table", secret && "pr-8")}
        />
        {secret && (
          <AriaButton
            aria-label={shown ? "Hide password" : "Show password"}
            onPress={() => setShown(!shown)}
            className="absolute inset-y-0 right-0 flex w-7 items-center justify-center text-3 data-hovered:text-1"
          >
            {shown ? <EyeOff size={14} aria-hidden /> : <Eye size={14} aria-hidden />}
          </AriaButton>
        )}
      </span>
      <FieldHelp description={description} error={error} />
    </AriaTextField>
  );
}

export interface TextAreaProps extends Omit<Common, "type"> {
  value: string;
  onChange: (value: string) => void;
  placeholder?: string;
  rows?: number;
  mono?: boolean;
  ref?: Ref<HTMLTextAreaElement>;
}

export function TextArea({
  label,
  hideLabel,
  description,
  error,
  className,
  placeholder,
  rows = 4,
  mono,
  ref,
  ...rest
}: TextAreaProps): ReactElement {
  return (
    <AriaTextField
      {...rest}
      onKeyDown={passing(rest.onKeyDown)}
      isInvalid={!!error}
      className={clsx(FIELD, className)}
      validationBehavior="aria"
    >
      <FieldLabel label={label} hideLabel={hideLabel} isRequired={rest.isRequired} />
      <AriaTextArea
        ref={ref}
        rows={rows}
        placeholder={placeholder}
        className={clsx(CONTROL, "h-auto! resize-y py-1.5", mono && "mono text-table")}
      />
      <FieldHelp description={description} error={error} />
    </AriaTextField>
  );
}

export interface SearchFieldProps extends Omit<FieldProps, "error" | "isRequired"> {
  value: string;
  onChange: (value: string) => void;
  onSubmit?: (value: string) => void;
  placeholder?: string;
  autoFocus?: boolean;
  ref?: Ref<HTMLInputElement>;
}

export function SearchField({
  label,
  hideLabel = true,
  description,
  className,
  placeholder,
  ref,
  ...rest
}: SearchFieldProps): ReactElement {
  return (
    <AriaSearchField {...rest} className={clsx(FIELD, "group", className)}>
      <FieldLabel label={label} hideLabel={hideLabel} />
      <span className="relative flex items-center">
        <Search size={14} aria-hidden className="pointer-events-none absolute left-2 text-3" />
        <Input
          ref={ref}
          placeholder={placeholder}
          className={clsx(CONTROL, "px-7 text-base [&::-webkit-search-cancel-button]:hidden")}
        />
        <AriaButton className="absolute right-0 flex size-7 items-center justify-center text-3 group-data-empty:invisible data-hovered:text-1">
          <X size={14} aria-hidden />
        </AriaButton>
      </span>
      <FieldHelp description={description} />
    </AriaSearchField>
  );
}
