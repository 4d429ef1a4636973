import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { flag, integer, list, oneOf, optional, readState, text, writeState } from "./codec";
import { idOf, paths, safeNext } from "./paths";
import { parseSearch, stringifySearch } from "./search";

const anyText = fc.string({ unit: "binary", maxLength: 40 });

/** 2,000 ids of every shape that a serialiser was ever known to break. */
function ids(): string[] {
  const hard = [
    "9e12345678901234",
    "1e999",
    "true",
    "false",
    "null",
    "undefined",
    "a/b",
    "\u00fc",
    "%2F",
    "%",
    "%zz",
    "+",
    " ",
    "a b",
    "&",
    "=",
    "?",
    "#",
    '"',
    "[1]",
    "{}",
    "0x10",
    "007",
    "-0",
    "NaN",
  ];
  let seed = 42;
  const next = (): number => (seed = (seed * 1103515245 + 12345) % 2147483648) / 2147483648;
  const made = Array.from({ length: 2000 - hard.length }, (_, index) => {
    const alphabet = index % 3 === 0 ? "0123456789" : index % 3 === 1 ? "0123456789abcdef" : "0123456789e";
    return Array.from(
      { length: index % 2 ? 16 : 32 },
      () => alphabet[Math.floor(next() * alphabet.length)],
    ).join("");
  });
  return [...hard, ...made];
}

describe("the query part", () => {
  it("gives back any text", () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), anyText, { noNullPrototype: true }),
        (search) => {
          delete (search as Record<string, unknown>)["__proto__"];
          expect(parseSearch(stringifySearch(search))).toEqual(search);
        },
      ),
      { numRuns: 500 },
    );
  });
  it("never throws on any text, and repeating it changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (query) => {
        const once = parseSearch(query);
        expect(parseSearch(stringifySearch(once))).toEqual(once);
      }),
    );
  });
  it("survives half a surrogate pair", () => {
    expect(parseSearch(stringifySearch({ q: "a\ud800b" }))).toEqual({ q: "a\ufffdb" });
  });
  it("keeps 2,000 ids exactly", () => {
    for (const id of ids()) expect(parseSearch(stringifySearch({ peek: id })).peek).toBe(id);
  });
  it("stays readable and agrees with the browser's own reading", () => {
    const address = stringifySearch({
      q: "level:ERROR latency:>2s a+b",
      range: "24h",
      none: undefined,
      empty: "",
    });
    expect(address).toBe("?q=level:ERROR+latency:%3E2s+a%2Bb&range=24h&empty=");
    expect(new URLSearchParams(address).get("q")).toBe("level:ERROR latency:>2s a+b");
  });
  it("takes the first of a repeated parameter and cannot be tricked into a prototype", () => {
    expect(parseSearch("?a=1&a=2&__proto__=x&b")).toEqual({ a: "1", b: "" });
  });
});

describe("state in the address", () => {
  const codec = {
    q: text(),
    peek: optional(),
    mode: oneOf(["tree", "timeline"] as const, "tree"),
    live: flag(),
    page: integer(1, 1, 100),
    cols: list(["time", "name"]),
  };
  it("drops what it cannot read and says which", () => {
    const { state, ignored } = readState(codec, "?mode=cube&page=1e3&live=maybe&q=x");
    expect(ignored).toEqual(["mode", "live", "page"]);
    expect(state).toEqual({
      q: "x",
      peek: undefined,
      mode: "tree",
      live: false,
      page: 1,
      cols: ["time", "name"],
    });
  });
  it("never writes a default and leaves foreign parameters alone", () => {
    const before = { other: "1", mode: "timeline", peek: "007" };
    expect(writeState(codec, before, { mode: "tree", peek: undefined, page: 2 })).toEqual({
      other: "1",
      page: "2",
    });
  });
  it("restores every state", () => {
    const states = fc.record({
      q: anyText,
      peek: fc.option(anyText, { nil: undefined }),
      mode: fc.constantFrom("tree" as const, "timeline" as const),
      live: fc.boolean(),
      page: fc.integer({ min: 1, max: 100 }),
      cols: fc.array(anyText, { maxLength: 6 }),
    });
    fc.assert(
      fc.property(states, (state) => {
        const address = stringifySearch(writeState(codec, {}, state));
        expect(readState(codec, address)).toEqual({ state, ignored: [] });
      }),
      { numRuns: 500 },
    );
  });
});

describe("paths", () => {
  it("names the place to return to, unless it is the root", () => {
    expect(paths.signIn("/project/p/traces?q=a")).toBe("/auth/sign-in?next=/project/p/traces%3Fq%3Da");
    expect(paths.signIn("/")).toBe("/auth/sign-in");
    expect(paths.signIn()).toBe("/auth/sign-in");
  });

  it("encodes an id exactly once", () => {
    expect(paths.trace("p", "a/b%2F \u00fc", { observation: "9e12" })).toBe(
      "/project/p/traces/a%2Fb%252F%20%C3%BC?observation=9e12",
    );
    for (const id of ids()) expect(decodeURIComponent(paths.trace("p", id).split("/").at(-1)!)).toBe(id);
  });
  it("puts ids that a browser takes for steps through folders into the query", () => {
    expect(paths.trace("p", ".", { mode: "log" })).toBe("/project/p/traces/~?id=.&mode=log");
    expect([
      paths.session("p", ".."),
      paths.user("p", "."),
      paths.published(".."),
      paths.anyTrace("."),
    ]).toEqual([
      "/project/p/sessions/~?id=..",
      "/project/p/users/~?id=.",
      "/public/traces/~?id=..",
      "/trace/~?id=.",
    ]);
    for (const id of [".", "..", "...", "~", ".a", "%2E", "compare", "setup", "Compare"]) {
      const { pathname, search } = new URL(paths.trace("p", id), "http://x");
      expect(pathname.startsWith("/project/p/traces/")).toBe(true);
      expect(idOf(decodeURIComponent(pathname.split("/").at(-1)!), parseSearch(search))).toBe(id);
    }
    // A stand-in is one only for these.
    expect([idOf("~", { id: "x" }), idOf("~", {}), idOf("t", { id: "." })]).toEqual(["~", "~", "t"]);
  });
  it("returns only to a page of this origin", () => {
    expect(safeNext("/project/p/traces?q=a")).toBe("/project/p/traces?q=a");
    expect(safeNext(paths.invitation("t/1"))).toBe("/auth/invite/t%2F1");
    for (const bad of [
      "//evil",
      "/\\evil",
      "https://evil",
      "javascript:1",
      "",
      undefined,
      "/a\nb",
      "/auth/sign-in",
    ]) {
      expect(safeNext(bad)).toBe("/");
    }
  });
});
