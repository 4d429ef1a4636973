// Two texts side by side where there is room, one above the other elsewhere. Signs and words beside the colours; what
// is alike is folded.
import clsx from "clsx";
import { memo, useMemo, useState, type ReactElement } from "react";
import { Button } from "@/design";
import { formatCount, formatPlural } from "../format";
import { diffTexts, stretches, type DiffRow, type Line, type Piece, type Stretch } from "./text-diff";

export type DiffViewProps = {
  /** Names the table. */
  label: string;
  a: string;
  b: string;
  /** What the two sides are. */
  nameA: string;
  nameB: string;
};

/** Rows at once; more on request, so that a text of thousands of changes does not hold up the page. */
const AT_ONCE = 400;

export function DiffView({ label, a, b, nameA, nameB }: DiffViewProps): ReactElement {
  const diff = useMemo(() => diffTexts(a, b), [a, b]);
  const parts = useMemo(() => stretches(diff.rows), [diff]);
  const [open, setOpen] = useState<{ of: unknown; starts: ReadonlySet<number>; most: number }>({
    of: diff,
    starts: new Set(),
    most: AT_ONCE,
  });
  const { starts, most } = open.of === diff ? open : { starts: new Set<number>(), most: AT_ONCE };
  const unfold = ({ from }: Stretch): void => setOpen({ of: diff, starts: new Set([...starts, from]), most });
  const shown = parts.map((part) =>
    part.hidden && starts.has(part.from) ? { ...part, hidden: false } : part,
  );
  const { blocks, left } = firstRows(shown, most);
  return (
    <div className="@container min-w-0">
      {diff.isRough && (
        <p className="px-2 py-1 text-table text-2">
          These texts are too long to be compared word by word: changed lines are marked as a whole.
        </p>
      )}
      <table aria-label={label} className="w-full table-fixed border-collapse text-left">
        <colgroup>
          <col className="w-12" />
          <col />
          <col className="w-12" />
          <col />
        </colgroup>
        <thead className="sr-only">
          <tr>
            <th scope="col">{`Line of ${nameA}`}</th>
            <th scope="col">{nameA}</th>
            <th scope="col">{`Line of ${nameB}`}</th>
            <th scope="col">{nameB}</th>
          </tr>
        </thead>
        {blocks.map((part) =>
          part.hidden ? (
            <Hidden key={part.from} part={part} onShow={() => unfold(part)} />
          ) : (
            <Rows key={part.from} rows={diff.rows} from={part.from} to={part.to} />
          ),
        )}
      </table>
      {left > 0 && (
        <div className="flex justify-center p-2">
          <Button size="compact" onPress={() => setOpen({ of: diff, starts, most: most + 4 * AT_ONCE })}>
            {`Show more of the other ${formatPlural(left, "line")}`}
          </Button>
        </div>
      )}
    </div>
  );
}

/** As much of the stretches as fits, and how many lines are left. */
function firstRows(parts: readonly Stretch[], most: number): { blocks: Stretch[]; left: number } {
  const blocks: Stretch[] = [];
  let [room, left] = [most, 0];
  for (const part of parts) {
    const length = part.to - part.from;
    const count = part.hidden ? length : Math.min(room, length);
    if (room > 0) blocks.push({ ...part, to: part.from + count });
    if (part.hidden) continue;
    room -= count;
    left += length - count;
  }
  return { blocks, left };
}

function Hidden({ part, onShow }: { part: Stretch; onShow: () => void }): ReactElement {
  return (
    <tbody>
      <tr>
        <td colSpan={4} className="border-y border-line bg-s1 px-2 py-0.5">
          <Button size="compact" variant="quiet" onPress={onShow}>
            {`Show ${formatPlural(part.to - part.from, "line")} that ${part.to - part.from === 1 ? "is" : "are"} the same`}
          </Button>
        </td>
      </tr>
    </tbody>
  );
}

const Rows = memo(function Rows({ rows, from, to }: { rows: readonly DiffRow[]; from: number; to: number }) {
  return (
    <tbody>
      {rows.slice(from, to).map((row, at) => (
        <tr key={from + at} className="align-top @max-[44rem]:flex @max-[44rem]:flex-wrap">
          <Side line={row.a} kind={row.kind} sign="−" word="Removed" isTwin={row.kind === "same"} />
          <Side line={row.b} kind={row.kind} sign="+" word="Added" />
        </tr>
      ))}
    </tbody>
  );
});

type SideProps = {
  line: Line | null;
  kind: DiffRow["kind"];
  sign: "−" | "+";
  word: string;
  isTwin?: boolean;
};

/** `isTwin`: says the same as the other side, which is enough where one stands above the other. */
function Side({ line, kind, sign, word, isTwin = false }: SideProps): ReactElement {
  const isChange = line !== null && kind !== "same";
  const tint = isChange ? (sign === "+" ? "bg-tint-ok" : "bg-tint-danger") : line ? "" : "bg-s1";
  const narrow = clsx("@max-[44rem]:block", (line === null || isTwin) && "@max-[44rem]:hidden");
  return (
    <>
      <td className={clsx("w-12 px-1 text-right text-caption text-3 tabular select-none", tint, narrow)}>
        {line && formatCount(line.number)}
      </td>
      <td
        className={clsx(
          "mono border-line py-px pr-2 pl-1 text-table break-words whitespace-pre-wrap @max-[44rem]:grow @max-[44rem]:basis-[calc(100%-3rem)]",
          sign === "−" && "border-r",
          tint,
          narrow,
        )}
      >
        {isChange && <span className="sr-only">{`${word}: `}</span>}
        {line && (
          <span aria-hidden className="inline-block w-4 shrink-0 text-3 select-none">
            {isChange ? sign : ""}
          </span>
        )}
        {line && <Words pieces={line.pieces} isAdded={sign === "+"} />}
      </td>
    </>
  );
}

function Words({ pieces, isAdded }: { pieces: readonly Piece[]; isAdded: boolean }): ReactElement {
  const Mark = isAdded ? "ins" : "del";
  return (
    <>
      {pieces.map(({ text, isChanged }, at) =>
        isChanged ? (
          // Pieces of a line never move.
          // oxlint-disable-next-line react/no-array-index-key
          <Mark
            key={at}
            className={clsx(
              "rounded-control font-semibold",
              isAdded ? "text-ok underline" : "text-danger line-through",
            )}
          >
            {text}
          </Mark>
        ) : (
          // oxlint-disable-next-line react/no-array-index-key
          <span key={at}>{text}</span>
        ),
      )}
    </>
  );
}
