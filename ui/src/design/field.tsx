// What every field has around its control: label, help, error.
import clsx from "clsx";
import { CircleAlert } from "lucide-react";
import type { ReactElement, ReactNode } from "react";
import { FieldError, Label, Text } from "react-aria-components";

export interface FieldProps {
  label: string;
  /** For fields whose place makes the label plain to see, such as a search box. */
  hideLabel?: boolean;
  description?: ReactNode;
  /** From the server or a check of the form; shown at the field and announced. */
  error?: string | null;
  isRequired?: boolean;
  isDisabled?: boolean;
  className?: string;
}

export const CONTROL =
  "h-control w-full min-w-0 rounded-control border border-strong bg-bg px-2 text-form text-1 data-disabled:opacity-50 data-invalid:border-danger";

export function FieldLabel({
  label,
  hideLabel,
  isRequired,
}: Pick<FieldProps, "label" | "hideLabel" | "isRequired">): ReactElement {
  return (
    <Label className={clsx("font-medium text-1", hideLabel && "sr-only")}>
      {label}
      {isRequired && <span className="text-3"> (required)</span>}
    </Label>
  );
}

export function FieldHelp({ description, error }: Pick<FieldProps, "description" | "error">): ReactElement {
  return (
    <>
      {description && (
        <Text slot="description" className="text-table text-3">
          {description}
        </Text>
      )}
      <FieldError className="flex items-start gap-1 text-table text-danger">
        {({ validationErrors }) => (
          <>
            <CircleAlert size={14} aria-hidden className="mt-px shrink-0" />
            {/* The server writes "name: text"; the text alone begins with a small letter. */}
            <span className="inline-block first-letter:uppercase">{error || validationErrors.join(" ")}</span>
          </>
        )}
      </FieldError>
    </>
  );
}

export const FIELD = "flex min-w-0 flex-col gap-1";
