// Count by status over time, above a table; drawing across it chooses that stretch of time.
import clsx from "clsx";
import { useRef, useState, type PointerEvent, type ReactElement } from "react";
import { formatCount, formatDateTime, displayClock } from "../format";
import { useHistogram, type Bucket, type Entity, type Scope } from "../list/api";
import { printRange } from "../time-range";

type StripProps = { project: string; entity: Entity; scope: Scope | null; onRange: (range: string) => void };

export function sums(buckets: readonly Bucket[]): { all: number; errors: number } {
  return buckets.reduce(
    ({ all, errors }, { ok, warning, error }) => ({
      all: all + ok + warning + error,
      errors: errors + error,
    }),
    { all: 0, errors: 0 },
  );
}

export function Strip({ project, entity, scope, onRange }: StripProps): ReactElement {
  const { data, isPlaceholderData } = useHistogram(project, entity, scope, displayClock().zone);
  const [brush, setBrush] = useState<[number, number] | null>(null);
  const box = useRef<HTMLDivElement>(null);
  const buckets = data?.buckets ?? [];
  const { all, errors } = sums(buckets);
  const most = Math.max(1, ...buckets.map(({ ok, warning, error }) => ok + warning + error));
  const place = (event: PointerEvent): number => {
    const rect = box.current!.getBoundingClientRect();
    return Math.min(
      buckets.length - 1,
      Math.max(0, Math.floor(((event.clientX - rect.left) / rect.width) * buckets.length)),
    );
  };
  const finish = (): void => {
    if (!brush || !data) return;
    const [from, to] = [Math.min(...brush), Math.max(...brush)];
    setBrush(null);
    const start = buckets[from]!.at;
    const end = buckets[to + 1]?.at ?? buckets[to]!.at + data.bucketMs;
    onRange(printRange({ kind: "absolute", from: start, to: end }));
  };
  const summary = `${formatCount(all)} ${entity} over time, ${formatCount(errors)} with errors`;
  return (
    <figure aria-label={summary} className="h-12 shrink-0 border-b border-line px-2 pt-1.5">
      <div
        ref={box}
        className={clsx(
          "flex h-full touch-none items-stretch gap-px select-none",
          isPlaceholderData && "opacity-60",
        )}
        onPointerDown={(event) => {
          if (buckets.length === 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setBrush([place(event), place(event)]);
        }}
        onPointerMove={(event) => brush && setBrush([brush[0], place(event)])}
        onPointerUp={finish}
        onPointerCancel={() => setBrush(null)}
      >
        {buckets.map((bucket, index) => (
          <Bar
            key={bucket.at}
            bucket={bucket}
            most={most}
            isIn={brush !== null && index >= Math.min(...brush) && index <= Math.max(...brush)}
          />
        ))}
      </div>
    </figure>
  );
}

function Bar({ bucket, most, isIn }: { bucket: Bucket; most: number; isIn: boolean }): ReactElement {
  const { at, ok, warning, error } = bucket;
  const all = ok + warning + error;
  const share = (count: number) => ({
    height: count === 0 ? "0" : `max(${(count / most) * 100}%, 0.0625rem)`,
  });
  const words = [`${formatCount(all)} at ${formatDateTime(at)}`];
  if (error > 0) words.push(`${formatCount(error)} errors`);
  if (warning > 0) words.push(`${formatCount(warning)} warnings`);
  return (
    <div
      title={words.join(" · ")}
      className={clsx("flex min-w-0 flex-1 flex-col justify-end", isIn ? "bg-sel" : "hover:bg-s2")}
    >
      <span className="bg-danger" style={share(error)} />
      <span className="bg-warn" style={share(warning)} />
      <span className="bg-heat-4" style={share(ok)} />
    </div>
  );
}
