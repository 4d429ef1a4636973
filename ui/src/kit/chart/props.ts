// What a chart over time is told.
import type { ColourBook } from "./colours";
import type { Kind } from "./paint";
import type { Prepared } from "./prepare";

export type TimeChartProps = {
  title: string;
  prepared: Prepared;
  kind: Kind;
  /** A value as text. */
  value: (value: number) => string;
  /** An IANA name: buckets were made in it. */
  zone: string;
  book: ColourBook;
  /** Charts of one page with the same key share the crosshair. */
  syncKey: string;
  /** Where the rows behind a bucket are; of all its series without a name. */
  hrefOf?: (place: number, name: string | null) => string | undefined;
  /** Where the rows behind a series are. */
  hrefOfSeries?: (name: string) => string | undefined;
  onGo?: (href: string) => void;
  /** Instead of the drawing. */
  asTable?: boolean;
  /** Of the drawing alone, in px. */
  height?: number;
};

/** Of a drawing, in px, where nothing else is said. */
export const HEIGHT = 184;
/** What a legend of one line takes below the drawing. */
export const LEGEND = "2rem";
