import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { canonicalText } from "./canonical";
import { diffTexts, stretches, type DiffRow } from "./text-diff";

const said = (pieces: { text: string; isChanged: boolean }[]) =>
  pieces.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join("");
const drawn = (rows: DiffRow[]) =>
  rows.map(({ kind, a, b }) => [
    kind,
    a && `${a.number} ${said(a.pieces)}`,
    b && `${b.number} ${said(b.pieces)}`,
  ]);

describe("two texts", () => {
  it("are told by line, and by word within a line that changed", () => {
    const { rows, changes, isRough } = diffTexts(
      "one\nthe red fox\nlast\nend",
      "one\nthe brown fox\nend\nmore",
    );
    expect(drawn(rows)).toEqual([
      ["same", "1 one", "1 one"],
      ["changed", "2 the [red] fox", "2 the [brown] fox"],
      ["removed", "3 last", null],
      ["same", "4 end", "3 end"],
      ["added", null, "4 more"],
    ]);
    expect([changes, isRough]).toEqual([3, false]);
  });

  it("of which one is empty are added or removed", () => {
    expect(drawn(diffTexts("", "a\nb").rows)).toEqual([
      ["added", null, "1 a"],
      ["added", null, "2 b"],
    ]);
    expect(drawn(diffTexts("a", "").rows)).toEqual([["removed", "1 a", null]]);
    expect(diffTexts("", "").rows).toEqual([]);
  });

  it("can be read from the rows again, whatever they are", () => {
    const line = fc
      .array(fc.constantFrom("a", "b", " ", "c.", "ü", "{"), { maxLength: 6 })
      .map((all) => all.join(""));
    const text = fc.array(line, { maxLength: 12 }).map((all) => all.join("\n"));
    const back = (rows: DiffRow[], side: "a" | "b") =>
      rows
        .flatMap((row) => (row[side] ? [row[side].pieces.map((piece) => piece.text).join("")] : []))
        .join("\n");
    fc.assert(
      fc.property(text, text, (a, b) => {
        const { rows, changes } = diffTexts(a, b);
        expect(back(rows, "a")).toBe(a);
        expect(back(rows, "b")).toBe(b);
        if (a === b) expect(changes).toBe(0);
        else expect(changes).toBeGreaterThan(0);
      }),
    );
  });

  it("of more lines than can be compared are replaced as a whole", () => {
    const many = (word: string) => Array.from({ length: 12_000 }, (_, at) => `${word} ${at}`).join("\n");
    const { rows, isRough } = diffTexts(`same\n${many("a")}`, `same\n${many("b")}`);
    expect(isRough).toBe(true);
    expect(rows).toHaveLength(12_001);
    expect(rows[0]!.kind).toBe("same");
    expect(rows[1]!.kind).toBe("changed");
  });
});

describe("rows that are alike", () => {
  const rows = (kinds: string) =>
    [...kinds].map((kind) => ({ kind: kind === "." ? "same" : "added" })) as DiffRow[];
  const shown = (kinds: string) => stretches(rows(kinds)).map(({ from, to, hidden }) => [from, to, hidden]);

  it("are hidden away from changes", () => {
    expect(shown("..........+.........+")).toEqual([
      [0, 7, true],
      [7, 14, false],
      [14, 17, true],
      [17, 21, false],
    ]);
    expect(shown("+........")).toEqual([
      [0, 4, false],
      [4, 9, true],
    ]);
  });

  it("stay where hiding saves nothing, and all are hidden when nothing changed", () => {
    expect(shown("+........+")).toEqual([[0, 10, false]]);
    expect(shown("....")).toEqual([[0, 4, true]]);
    expect(shown("")).toEqual([]);
  });
});

describe("the one form of JSON", () => {
  it("sorts keys at any depth, keeps lists and exact numbers", () => {
    expect(canonicalText('{"b":[{"z":1,"a":12345678901234567890}],"a":{"y":null,"x":"t"}}')).toBe(
      '{\n  "a": {\n    "x": "t",\n    "y": null\n  },\n  "b": [\n    {\n      "a": 12345678901234567890,\n      "z": 1\n    }\n  ]\n}',
    );
    expect(canonicalText('{"__proto__":1,"a":2}')).toBe('{\n  "__proto__": 1,\n  "a": 2\n}');
  });

  it("leaves other texts alone", () => {
    for (const text of ["plain", "12", '"quoted"', "null", "{broken", ""])
      expect(canonicalText(text)).toBe(text);
  });
});
