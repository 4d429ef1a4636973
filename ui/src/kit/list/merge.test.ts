import { expect, it } from "vitest";
import { dropRows, mergeRows, patchRow, type Pages } from "./merge";

type Row = { id: string; n: number };
const page = (rows: Row[]) => ({ rows, cursor: null, asOf: "", ms: 1 });
const pages: Pages<Row> = {
  pages: [
    page([
      { id: "a", n: 1 },
      { id: "b", n: 1 },
    ]),
    page([{ id: "c", n: 1 }]),
  ],
  pageParams: [undefined, "x"],
};
const flat = ({ pages: all }: Pages<Row>) =>
  all.map(({ rows }) => rows.map(({ id, n }) => `${id}${n}`).join(" "));

it("updates in place and puts new rows on top", () => {
  const done = mergeRows(
    pages,
    [
      { id: "z", n: 1 },
      { id: "c", n: 2 },
      { id: "a", n: 1 },
    ],
    (row) => row.id,
    true,
  );
  expect(flat(done.pages)).toEqual(["z1 a1 b1", "c2"]);
  expect(done.added).toEqual(["z"]);
  expect(done.changed).toEqual(["c"]);
  expect(flat(pages)).toEqual(["a1 b1", "c1"]);
});

it("leaves new rows out while the reader is away", () => {
  const done = mergeRows(
    pages,
    [
      { id: "z", n: 1 },
      { id: "b", n: 5 },
    ],
    (row) => row.id,
    false,
  );
  expect(flat(done.pages)).toEqual(["a1 b5", "c1"]);
  expect(done.added).toEqual([]);
});

it("changes one row and takes rows out, in whatever page they are", () => {
  const id = (row: Row) => row.id;
  expect(flat(patchRow(pages, id, "c", { n: 7 })!)).toEqual(["a1 b1", "c7"]);
  expect(flat(dropRows(pages, id, new Set(["a", "c"])))).toEqual(["b1", ""]);
  expect(dropRows(pages, id, new Set(["nobody"]))).toBe(pages);
});
