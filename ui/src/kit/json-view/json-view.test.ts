// The model below the view: scanning, rows, search, and numbers that stay as they are written.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonDocument, shapeOf } from "./document";
import { findAll, rowAt } from "./find";
import { flatten } from "./flat";
import { endOfString, NumberText, parseJson, printJson } from "./lossless";
import {
  buildRows,
  childrenOf,
  firstOpen,
  openBelow,
  PAGE,
  pathOf,
  type Row,
  stepsOf,
  type TreeState,
  valueText,
} from "./rows";
import { isContainer, readString, Scanner } from "./text";

const json = (): fc.Arbitrary<string> =>
  fc
    .tuple(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(0, 2))
    .map(([value, indent]) => JSON.stringify(value, null, indent));
const all = (document: JsonDocument): Row[] => {
  const state: TreeState = { open: new Set(["0"]), unwrapped: new Map() };
  const open = openBelow(buildRows(document, state)[0] as Row, state, Infinity);
  return buildRows(document, { ...state, open });
};

describe("parseJson", () => {
  it("keeps every integer as it is written", () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }), (number) => {
        const held = parseJson(`{"id":${number}}`) as { id: number | NumberText };
        expect(String(held.id)).toBe(String(number));
        expect(printJson(held)).toBe(`{"id":${number}}`);
      }),
    );
  });

  it("reads what JSON.parse reads, and prints it again", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.bigInt({ min: 2n ** 60n, max: 2n ** 64n }), (value, big) => {
        const text = JSON.stringify([value, 0]).replace(/0\]$/, `${big}]`);
        const read = parseJson(text) as unknown[];
        expect(printJson(read[0])).toBe(JSON.stringify(value));
        expect(JSON.parse(printJson(value, 2))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ["1e400", "1e400"],
    ["-0", "-0"],
    ["0.1", "0.1"],
    ["1.0", "1"],
    ["12345678901234567890", "12345678901234567890"],
    ["0.12345678901234567890123", "0.12345678901234567890123"],
    ["9007199254740993", "9007199254740993"],
    ["1E5", "100000"],
  ])("%s is printed as %s", (text, printed) => {
    expect(printJson(parseJson(`[${text}]`))).toBe(`[${printed}]`);
  });

  it("takes no other text for JSON", () => {
    for (const text of ["", "{", "[1,]", "nope", "{'a':1}", "12 34567890123456789"])
      expect(parseJson(text)).toBeUndefined();
  });

  it("keeps a key that is called __proto__ as data", () => {
    const value = parseJson('{"__proto__":{"x":1},"n":12345678901234567890}') as object;
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype);
    expect(printJson(value)).toBe('{"__proto__":{"x":1},"n":12345678901234567890}');
  });
});

describe("the scan", () => {
  it("finds the members that JSON.parse finds, with their spans", () => {
    fc.assert(
      fc.property(json(), (text) => {
        const document = new JsonDocument(text);
        if (!isContainer(document.root.kind)) return;
        const value = JSON.parse(text) as object;
        const members = document.members(document.root)!;
        const found = Array.from({ length: members.count }, (_, index) => document.member(members, index));
        const keys = Array.isArray(value) ? undefined : [...new Set(found.map(({ key }) => key))];
        if (keys) expect(new Set(keys)).toEqual(new Set(Object.keys(value)));
        else expect(found).toHaveLength((value as unknown[]).length);
        for (const [index, { key, start, end }] of found.entries()) {
          const expected = (value as Record<string, unknown>)[key ?? index];
          if (key !== "__proto__") expect(JSON.parse(text.slice(start, end))).toEqual(expected);
        }
      }),
      { numRuns: 300 },
    );
  });

  it("is the same in slices as at once", () => {
    const text = JSON.stringify(
      Array.from({ length: 40_000 }, (_, index) => ({ index, text: 'a "quoted" \\ one' })),
    );
    const whole = new Scanner(text, 0).run();
    const scanner = new Scanner(text, 0);
    let runs = 0;
    let sliced = null;
    while (!sliced) {
      sliced = scanner.run(() => true);
      runs += 1;
    }
    expect(runs).toBeGreaterThan(10);
    expect(sliced).toEqual(whole);
  });

  it("ends strings where they end", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, after) => {
        const written = JSON.stringify(text);
        expect(endOfString(written + after, 0)).toBe(written.length);
        expect(readString(written, { start: 0, end: written.length }).text).toBe(text);
      }),
    );
  });

  it("cuts strings at their limit without half an escape", () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 20, unit: "binary" }),
        fc.integer({ min: 1, max: 30 }),
        (text, limit) => {
          const written = JSON.stringify(text).replace(
            /[^ -~]/g,
            (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`,
          );
          const cut = readString(written, { start: 0, end: written.length }, limit);
          expect(text.startsWith(cut.text)).toBe(true);
          expect(cut.isCut).toBe(text.length > limit);
        },
      ),
    );
  });
});

describe("shapeOf", () => {
  it.each([
    ['{"a":1}', "json"],
    [" [1]", "json"],
    ['{"a":[1,{"b":"cut he', "cut"],
    ['[{"role":"user"},', "cut"],
    ["[INFO] started", "text"],
    ["{not json}", "text"],
    ["plain", "text"],
    ['"quoted"', "text"],
    ["42", "text"],
    ["", "text"],
  ])("%s is %s", (text, shape) => expect(shapeOf(text)).toBe(shape));
});

describe("rows", () => {
  it("hold every value once, whatever is open", () => {
    fc.assert(
      fc.property(json(), (text) => {
        const document = new JsonDocument(text);
        const rows = all(document);
        expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
        let scalars = 0;
        JSON.parse(text, (_, value: unknown) => {
          if (typeof value !== "object" || value === null) scalars += 1;
          return value;
        });
        const hasRepeatedKey = /"__proto__"/.test(text);
        if (!hasRepeatedKey) expect(rows.filter(({ kind }) => !isContainer(kind))).toHaveLength(scalars);
      }),
      { numRuns: 200 },
    );
  });

  it("are in the order of the text, each below its parent", () => {
    fc.assert(
      fc.property(json(), (text) => {
        const rows = all(new JsonDocument(text));
        const seen = new Set<Row>();
        for (const [index, row] of rows.entries()) {
          if (row.parent) expect([...seen].some(({ id }) => id === row.parent?.id)).toBe(true);
          if (index > 0) expect(row.start).toBeGreaterThan(rows[index - 1]!.start);
          seen.add(row);
        }
      }),
    );
  });

  it("come in pages of 200, however many there are", () => {
    fc.assert(
      fc.property(fc.integer({ min: PAGE + 1, max: 20_000_000 }), (count) => {
        const steps = stepsOf(0, count)!;
        expect(steps.length).toBeLessThanOrEqual(PAGE);
        expect(steps[0]![0]).toBe(0);
        expect(steps[steps.length - 1]![1]).toBe(count);
        for (const [index, [from]] of steps.entries()) if (index > 0) expect(from).toBe(steps[index - 1]![1]);
      }),
    );
    const document = new JsonDocument(JSON.stringify(Array.from({ length: 50_000 }, (_, index) => index)));
    const open = firstOpen(document);
    const rows = buildRows(document, { open, unwrapped: new Map() });
    expect(rows.filter(({ type }) => type === "value")).toHaveLength(1 + PAGE);
    expect(
      rows
        .filter(({ type }) => type === "range")
        .map(({ from, to }) => [from, to])
        .slice(0, 3),
    ).toEqual([
      [0, 40_000],
      [0, 200],
      [200, 400],
    ]);
  });

  it("open by budget at first: the root always, deep ones while they are few", () => {
    const text = JSON.stringify({
      small: { a: 1, b: [1, 2] },
      wide: Array.from({ length: 150 }, () => ({ x: 1 })),
    });
    const rows = buildRows(new JsonDocument(text), {
      open: firstOpen(new JsonDocument(text)),
      unwrapped: new Map(),
    });
    expect(rows.map(pathOf)).toEqual([
      "$",
      "$.small",
      "$.small.a",
      "$.small.b",
      "$.small.b[0]",
      "$.small.b[1]",
      "$.wide",
    ]);
  });

  it("name their path and give the raw value", () => {
    const rows = all(new JsonDocument('{"a b":[{"c":12345678901234567890}],"d":"x\\n\\"y\\""}'));
    expect(rows.map(pathOf)).toEqual(["$", '$["a b"]', '$["a b"][0]', '$["a b"][0].c', "$.d"]);
    expect(rows.map(valueText).slice(3)).toEqual(["12345678901234567890", 'x\n"y"']);
  });

  it("go into strings that hold JSON", () => {
    const document = new JsonDocument('{"args":"{\\"q\\": [1, \\"{}\\"]}"}');
    const inner = new JsonDocument('{"q": [1, "{}"]}');
    const closed = buildRows(document, { open: new Set(["0"]), unwrapped: new Map() });
    const id = closed[1]!.id;
    const state = { open: new Set(["0", id]), unwrapped: new Map([[id, inner]]) };
    const rows = buildRows(document, state);
    expect(rows.map(pathOf)).toEqual(["$", "$.args", "$.args.q"]);
    const deep = { ...state, open: openBelow(rows[1]!, state) };
    expect(buildRows(document, deep).map(pathOf)).toEqual([
      "$",
      "$.args",
      "$.args.q",
      "$.args.q[0]",
      "$.args.q[1]",
    ]);
    expect(childrenOf(rows[2]!, deep).map(valueText)).toEqual(["1", "{}"]);
  });

  it("do not overflow on deep texts", () => {
    const document = new JsonDocument("[".repeat(100_000) + "]".repeat(100_000));
    expect(buildRows(document, { open: firstOpen(document), unwrapped: new Map() }).length).toBeLessThan(200);
  });

  it("show what there is of a text that was cut off", () => {
    const rows = all(new JsonDocument('{"a":[1,2,{"b":"half'));
    expect(rows.map(pathOf)).toEqual(["$", "$.a", "$.a[0]", "$.a[1]", "$.a[2]", "$.a[2].b"]);
    expect(valueText(rows[5]!)).toBe("half");
  });
});

describe("search", () => {
  it("finds each place, and the row that it is in", async () => {
    const text = JSON.stringify({
      list: Array.from({ length: 1_000 }, (_, index) => ({ name: `item ${index}` })),
    });
    const document = new JsonDocument(text);
    const places = await findAll(text, "ITEM 777");
    expect(places).toHaveLength(1);
    const { id, open } = await rowAt(document, places[0]!);
    const rows = buildRows(document, { open: new Set(open), unwrapped: new Map() });
    expect(pathOf(rows.find((row) => row.id === id)!)).toBe("$.list[777].name");
  });

  it.each([
    ['{"a":"gr\\u00fc\\u00dfe"}', "grüße"],
    ['{"a":"Gr\u00fc\u00dfe"}', "grü"],
    ['{"a":"say \\"hi\\""}', 'say "hi"'],
    ['{"a":"one\\ntwo"}', "one\ntwo"],
    ['{"a":"C:\\\\temp"}', "c:\\temp"],
    ['{"a":"1+1=2 (yes)"}', "1+1=2 (YES)"],
    ['{"a":"\\ud83d\\ude00"}', "😀"],
  ])("finds in %s", async (text, needle) => {
    expect(await findAll(text, needle)).toHaveLength(1);
  });

  it("finds what stands across two slices", async () => {
    const text = `["${"x".repeat(999_995)}needle"]`;
    expect(await findAll(text, "needle")).toEqual([999_997]);
  });
});

describe("the table", () => {
  it("lists every scalar with its path", () => {
    const { lines, isCut } = flatten(new JsonDocument('{"a":{"b":[1,"x"]},"c":null,"d":{}}'));
    expect(lines.map(({ path, row }) => [path, valueText(row)])).toEqual([
      ["a.b[0]", "1"],
      ["a.b[1]", "x"],
      ["c", "null"],
      ["d", "{}"],
    ]);
    expect(isCut).toBe(false);
  });
});

describe("20 MB", () => {
  it("open by their first page, in slices", async () => {
    const item = JSON.stringify({ id: 1, name: "a name", tags: ["x", "y"], text: "t".repeat(420) });
    const text = `[${Array.from({ length: 44_000 }, () => item).join(",")}]`;
    expect(text.length).toBeGreaterThan(20_000_000);
    const document = new JsonDocument(text);
    expect(document.members(document.root)).toBeUndefined();
    const members = await document.load(document.root);
    expect(members.count).toBe(44_000);
    const rows = buildRows(document, { open: firstOpen(document), unwrapped: new Map() });
    expect(rows.length).toBeLessThan(700);
  });
});
