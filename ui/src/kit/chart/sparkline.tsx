// A line without axes, for a table cell or a number card. Decorative: the cell says the number in words.
import type { Colour } from "./colours";

type Props = {
  values: readonly (number | null)[];
  /** What is shown, in words; without it the line is hidden from assistive technology. */
  label?: string;
  width?: number;
  height?: number;
  colour?: Colour;
};

export function Sparkline({ values, label, width = 72, height = 20, colour = "series-1" }: Props) {
  const known = values.filter((value) => value !== null);
  const top = Math.max(...known, 0) || 1;
  const across = (place: number) =>
    values.length < 2 ? width / 2 : 1 + (place * (width - 2)) / (values.length - 1);
  const down = (value: number) => height - 1.5 - (Math.max(value, 0) / top) * (height - 3);
  const points = values.map((value, place) => (value === null ? null : `${across(place)},${down(value)}`));
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      className="block shrink-0"
      {...(label ? { role: "img", "aria-label": label } : { "aria-hidden": true })}
    >
      <polyline
        points={points.filter((point) => point !== null).join(" ")}
        fill="none"
        stroke={`var(--${colour})`}
        strokeWidth={1.25}
        strokeLinejoin="round"
      />
      {values.length === 1 && points[0] && (
        <circle cx={width / 2} cy={height / 2} r={1.5} fill={`var(--${colour})`} />
      )}
    </svg>
  );
}
