import { describe, expect, it } from "vitest";
import { apply, placeAt, suggestFields, suggestValue } from "./complete";
import { choiceOf, choose, filterFor, filterOut, removeTerm, setField } from "./edit";
import { fieldSet, type Field } from "./fields";
import { fromLegacyFilter } from "./legacy";
import { matches } from "./match";
import { parse } from "./parse";
import { print } from "./print";

const level = { name: "level" };
const chosen = (q: string, value: string, how: "include" | "exclude" | "none") =>
  print(choose(parse(q).query, level, value, how));

describe("the sidebar and the cells edit the same text", () => {
  it.each<[string, string, "include" | "exclude" | "none", string]>([
    ["", "ERROR", "include", "level:ERROR"],
    ["refund level:ERROR cost:>1", "WARNING", "include", "refund level:(ERROR OR WARNING) cost:>1"],
    ["level:(ERROR OR WARNING)", "ERROR", "exclude", "level:WARNING -level:ERROR"],
    ["level:ERROR -level:DEBUG", "ERROR", "none", "-level:DEBUG"],
    ["-level:DEBUG x", "DEBUG", "none", "x"],
    ["(level:ERROR OR cost:>1)", "DEBUG", "exclude", "(level:ERROR OR cost:>1) -level:DEBUG"],
  ])("%s, %s %s", (before, value, how, after) => {
    expect(chosen(before, value, how)).toBe(after);
  });

  it("knows what it cannot show", () => {
    expect(choiceOf(parse("level:(a OR b) -level:c").query, level)).toEqual({
      included: ["a", "b"],
      excluded: ["c"],
      all: false,
      isPlain: true,
    });
    expect(choiceOf(parse("level:a*").query, level).isPlain).toBe(false);
    expect(choiceOf(parse("level:a level:b").query, level).isPlain).toBe(false);
  });

  it("replaces for, adds out, removes", () => {
    expect(filterFor("x name:a y", { name: "name" }, { kind: "atom", text: "b c" })).toBe('x name:"b c" y');
    expect(filterOut("x", { name: "name" }, { kind: "atom", text: "b" })).toBe("x -name:b");
    expect(filterOut("x -name:b", { name: "name" }, { kind: "atom", text: "b" })).toBe("x -name:b");
    expect(removeTerm("a b c", 1)).toBe("a c");
    expect(print(setField(parse("a latency:>2s b").query, { name: "latency" }, null))).toBe("a b");
  });
});

const field = (name: string, type: Field["type"] = "string"): Field => ({
  name,
  type,
  label: name,
  filter: true,
  sort: true,
  show: true,
});
const FIELDS = fieldSet([field("level", "option"), field("latency", "duration"), field("metadata", "map")]);

describe("completion", () => {
  it.each([
    ["", { kind: "field", prefix: "", from: 0, to: 0 }],
    ["x -le", { kind: "field", prefix: "le", from: 3, to: 5 }],
    ["level:ER", { kind: "value", field: level, prefix: "ER", from: 6, to: 8 }],
    ["level:(ERROR OR WA", { kind: "value", field: level, prefix: "WA", from: 16, to: 18 }],
    ["(x OR level:", { kind: "value", field: level, prefix: "", from: 12, to: 12 }],
    ["latency:>", { kind: "value", field: { name: "latency" }, prefix: "", from: 9, to: 9 }],
    ['level:"a b', { kind: "value", field: level, prefix: "a b", from: 6, to: 10 }],
    ["metadata.te", { kind: "key", field: { name: "metadata" }, prefix: "te", from: 0, to: 11 }],
    ["metadata.a:e", { kind: "value", field: { name: "metadata", key: "a" }, prefix: "e", from: 11, to: 12 }],
    ["level:(a) ", { kind: "field", prefix: "", from: 10, to: 10 }],
  ])("%s", (text, place) => {
    expect(placeAt(text, text.length)).toEqual(place);
  });

  it("writes what parses back", () => {
    const place = placeAt("level:", 6);
    if (place.kind !== "value") throw new Error("no value");
    const done = apply("level:", suggestValue(place, "a b*"));
    expect(done).toEqual({ text: 'level:"a b*" ', caret: 13 });
    expect(parse(done.text).query[0]).toMatchObject({ value: { kind: "atom", text: "a b*" } });
    const name = placeAt("x la", 4);
    if (name.kind !== "field") throw new Error("no field");
    expect(apply("x la", suggestFields(name, FIELDS, [])[0]!)).toEqual({ text: "x latency:", caret: 10 });
    expect(suggestFields({ ...name, prefix: "" }, FIELDS, ["metadata"]).map(({ insert }) => insert)).toEqual([
      "metadata.",
      "level:",
      "latency:",
    ]);
  });
});

it("reads the filters of old links", () => {
  const param =
    "level;stringOptions;;any of;ERROR%7CWARNING,name;string;;contains;a%20b,latency;number;;>;2,metadata;stringObject;tenant;=;eu,nosuch;string;;=;x,tags;arrayOptions;;none of;t1";
  expect(fromLegacyFilter(param)).toEqual({
    q: 'level:(ERROR OR WARNING) name:*"a b"* latency:>2 metadata.tenant:eu -tags:t1',
    ignored: ["nosuch;string;;=;x"],
  });
  expect(fromLegacyFilter("%E0%A4%A;;;=;").ignored).toHaveLength(1);
});

it("judges live events as far as it can", () => {
  const event = { level: "ERROR", tags: ["a", "b"], name: "checkout" };
  const leaf = (field: string, op: "is" | "in" | "gt", value: string | string[] | number) => ({
    field,
    op,
    value,
  });
  expect(matches(undefined, event)).toBe(true);
  expect(matches(leaf("level", "is", "ERROR"), event)).toBe(true);
  expect(matches({ not: leaf("tags", "in", ["b"]) }, event)).toBe(false);
  expect(matches(leaf("latency", "gt", 2), event)).toBeNull();
  expect(matches({ and: [leaf("latency", "gt", 2), leaf("level", "is", "DEBUG")] }, event)).toBe(false);
  expect(matches({ or: [leaf("latency", "gt", 2), leaf("level", "is", "ERROR")] }, event)).toBe(true);
});
