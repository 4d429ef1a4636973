import { describe, expect, it } from "vitest";

import { changeOf } from "./delta";
import { readReference } from "./reference";

describe("what names a trace", () => {
  it.each([
    ["4bf92f35", "4bf92f35"],
    ["  spaced id ", "spaced id"],
    ["a/b", "a/b"],
    ["http://x/llm/project/p1/traces/a%2Fb?mode=timeline#x", "a/b"],
    ["/project/p1/traces/%E4", "%E4"],
    ["http://x/project/p1/traces/~?id=.&tab=raw", "."],
    ["http://x/project/p1/traces/~?tab=raw&id=compare", "compare"],
    ["https://x/project/~/traces/t1", "t1"],
    ["https://x/trace/t1", "t1"],
    ["https://x/public/traces/t%201", "t 1"],
  ])("%s", (typed, id) => expect(readReference(typed, "p1")).toEqual({ id }));

  it.each([
    ["", "Paste the id or the link of a trace."],
    [
      "http://x/project/p2/traces/t",
      "This link leads to another project. Only traces of one project can be compared.",
    ],
    ["http://x/project/p1/traces/compare?a=1", "This link leads to no trace."],
    ["http://x/project/p1/traces/~", "This link leads to no trace."],
    ["https://example.org/", "This link leads to no trace."],
  ])("not %s", (typed, problem) => expect(readReference(typed, "p1")).toEqual({ problem }));
});

describe("a change", () => {
  it.each([
    [1_000_000, 1_500_000, "duration", "+500 ms", "+50%", "worse"],
    [2, 1, "cost", "-$1.00", "-50%", "better"],
    [1000, 1001, "tokens", "+1", "", ""],
    [0, 5, "count", "+5", "", "worse"],
    [0.1 + 0.2, 0.3, "cost", "same", "", ""],
  ] as const)("from %d to %d of %s", (from, to, measure, text, share, word) =>
    expect(changeOf(from, to, measure)).toMatchObject({ text, share, word }),
  );

  it("is not known when one side is not", () => {
    expect(changeOf(null, 1, "cost")).toBeNull();
    expect(changeOf(1, null, "cost")).toBeNull();
  });
});
