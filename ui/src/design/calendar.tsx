// A month of which a stretch of days can be chosen, and a field for a day with its time. Days come before months, as
// everywhere in the application.
import type { CalendarDate, CalendarDateTime } from "@internationalized/date";
import clsx from "clsx";
import { ChevronLeft, ChevronRight } from "lucide-react";
import type { ReactElement } from "react";
import {
  CalendarCell,
  CalendarGrid,
  CalendarGridBody,
  CalendarGridHeader,
  CalendarHeaderCell,
  DateField,
  DateInput,
  DateSegment,
  Heading,
  I18nProvider,
  RangeCalendar as AriaRangeCalendar,
} from "react-aria-components";
import { IconButton } from "./button";
import { CONTROL, FIELD, FieldHelp, FieldLabel, type FieldProps } from "./field";

const LOCALE = "en-GB";
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;

export interface DayRange {
  start: CalendarDate;
  /** Inclusive. */
  end: CalendarDate;
}

export interface RangeCalendarProps {
  label: string;
  value: DayRange | null;
  onChange: (value: DayRange) => void;
  /** 0 Sunday to 6 Saturday. */
  firstDay: number;
  className?: string;
}

export function RangeCalendar({
  label,
  value,
  onChange,
  firstDay,
  className,
}: RangeCalendarProps): ReactElement {
  return (
    <I18nProvider locale={LOCALE}>
      <AriaRangeCalendar
        aria-label={label}
        value={value}
        onChange={onChange}
        defaultFocusedValue={value?.end}
        firstDayOfWeek={WEEKDAYS[firstDay]}
        allowsNonContiguousRanges={false}
        className={clsx("w-fit", className)}
      >
        <div className="flex items-center pb-1">
          <IconButton slot="previous" label="Previous month" icon={ChevronLeft} plain />
          <Heading level={3} className="flex-1 text-center font-semibold" />
          <IconButton slot="next" label="Next month" icon={ChevronRight} plain />
        </div>
        <CalendarGrid weekdayStyle="short" className="border-collapse">
          <CalendarGridHeader>
            {(day) => (
              <CalendarHeaderCell className="h-6 w-9 text-caption font-medium text-3">
                {day}
              </CalendarHeaderCell>
            )}
          </CalendarGridHeader>
          <CalendarGridBody className="[&_td]:px-0 [&_td]:py-px">
            {(date) => <CalendarCell date={date} className={lookOf} />}
          </CalendarGridBody>
        </CalendarGrid>
      </AriaRangeCalendar>
    </I18nProvider>
  );
}

type Day = {
  isSelected: boolean;
  isSelectionStart: boolean;
  isSelectionEnd: boolean;
  isOutsideMonth: boolean;
  isHovered: boolean;
  isToday: boolean;
};

/** The ends of the stretch are filled, the days between them tinted; today is underlined. */
function lookOf({
  isSelected,
  isSelectionStart,
  isSelectionEnd,
  isOutsideMonth,
  isHovered,
  isToday,
}: Day): string {
  const isEnd = isSelectionStart || isSelectionEnd;
  return clsx(
    "focus-inset tabular flex h-7 w-9 cursor-default items-center justify-center text-base",
    isOutsideMonth && "invisible",
    isSelected && isEnd && "bg-accent font-semibold text-on-accent",
    isSelected && !isEnd && "bg-sel text-1",
    isSelectionStart && "rounded-l-control",
    isSelectionEnd && "rounded-r-control",
    !isSelected && isHovered && "rounded-control bg-s2",
    isToday && "underline underline-offset-4",
  );
}

export interface DateTimeFieldProps extends FieldProps {
  value: CalendarDateTime | null;
  /** Null while a part is missing. */
  onChange: (value: CalendarDateTime | null) => void;
  hour12: boolean;
}

/** A day and a time to the minute; each part is changed by digits or by arrow keys. */
export function DateTimeField(props: DateTimeFieldProps): ReactElement {
  const { label, hideLabel, description, error, className, value, onChange, hour12, ...rest } = props;
  return (
    <I18nProvider locale={LOCALE}>
      <DateField
        {...rest}
        value={value}
        onChange={onChange}
        granularity="minute"
        hourCycle={hour12 ? 12 : 24}
        shouldForceLeadingZeros
        hideTimeZone
        isInvalid={!!error}
        validationBehavior="aria"
        className={clsx(FIELD, className)}
      >
        <FieldLabel label={label} hideLabel={hideLabel} isRequired={rest.isRequired} />
        <DateInput className={clsx(CONTROL, "tabular flex items-center whitespace-pre")}>
          {(segment) => (
            <DateSegment
              segment={segment}
              className={clsx(
                "rounded-control outline-none data-focused:bg-sel data-placeholder:text-3",
                segment.type !== "literal" && "flex h-6 min-w-6 items-center justify-center px-0.5",
              )}
            />
          )}
        </DateInput>
        <FieldHelp description={description} error={error} />
      </DateField>
    </I18nProvider>
  );
}
