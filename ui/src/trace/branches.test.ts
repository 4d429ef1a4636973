// A trace that is too large to be read at once: top levels first, the rest branch by branch.
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { buildModel } from "./model";
import { flatten, PLAIN, rowIndex } from "./rows";
import { graft, merge, type Skeleton, type SpanRow } from "./skeleton";
import { span, trace } from "./testing";

/** root has a (3 children) and b; of a only a1 is here. */
function part(): Skeleton {
  const rows = [
    span("root", "", 0, 90, { children: 2 }),
    span("a", "root", 1, 50, { children: 3 }),
    span("a1", "a", 2, 1, { children: 0 }),
    span("b", "root", 9, 1, { children: 4 }),
  ];
  return { ...trace(rows), total: 11, truncated: true, cursor: "5" };
}

function shown(skeleton: Skeleton, folded: string[] = []): string[] {
  const model = buildModel(skeleton);
  const rows = flatten(model, { ...PLAIN, folded: new Set(folded) });
  return Array.from({ length: rows.length }, (_, row) => {
    const { id } = model.rows[rows.node[row]!]!;
    const sign = ["", "-", "+"][rows.state[row]!];
    const text = rows.more[row] ? `${rows.more[row]} more of ${id}` : `${sign}${id}`;
    return " ".repeat(rows.depth[row]!) + text;
  });
}

describe("a trace of which a part is here", () => {
  it("has a row for the children that are missing, and closes what holds nothing yet", () => {
    expect(shown(part())).toEqual(["-root", " -a", "  a1", "  2 more of a", " +b"]);
    expect(shown(part(), ["a"])).toEqual(["-root", " +a", " +b"]);
    expect(shown(part(), ["root"])).toEqual(["+root"]);
  });

  it("counts the row among its siblings, and finds spans and not that row", () => {
    const model = buildModel(part());
    const rows = flatten(model, PLAIN);
    expect(Array.from(rows.siblings).slice(0, 5)).toEqual([1, 2, 2, 2, 2]);
    expect(Array.from(rows.position).slice(0, 5)).toEqual([1, 1, 1, 2, 2]);
    expect([...rowIndex(model, rows)]).toEqual([0, 1, 2, 4]);
  });

  it("takes in a branch, and stays as old as it was", () => {
    const branch = {
      ...trace([span("a2", "a", 3, 1, { children: 0 }), span("a3", "a", 4, 1, { children: 1 })]),
      total: 11,
      truncated: true,
      cursor: "9",
    };
    const whole = graft(part(), branch);
    expect(shown(whole)).toEqual(["-root", " -a", "  a1", "  a2", "  +a3", " +b"]);
    expect([whole.cursor, whole.truncated, whole.total]).toEqual(["5", true, 11]);
    const last = {
      ...branch,
      rows: ["a31", "b1", "b2", "b3", "b4"].map((id) => span(id, id[0] === "a" ? "a3" : "b", 9, 1)),
    };
    expect(graft(whole, last).truncated).toBe(false);
  });

  it("lets in of what is new only what hangs on something that is here", () => {
    const news = {
      ...trace([
        span("b1", "b", 20, 1),
        span("b11", "b1", 21, 1),
        span("far", "not here", 22, 1),
        span("farther", "far", 23, 1),
        span("root2", "", 24, 1),
        span("a", "root", 1, 60),
      ]),
      total: 16,
      cursor: "6",
    };
    const now = merge(part(), news);
    expect(now.rows.map(({ id }) => id)).toEqual(["root", "a", "a1", "b", "b1", "b11", "root2"]);
    // A row that is known keeps what the news do not say.
    expect(now.rows[1]).toMatchObject({ duration: 60, children: 3 });
    expect([now.cursor, now.truncated]).toEqual(["6", true]);
  });

  it("is the whole trace once every branch is here, in whatever order they come", () => {
    const parents = fc.array(fc.nat(), { minLength: 2, maxLength: 30 });
    fc.assert(
      fc.property(parents, fc.nat(), (links, seed) => {
        const all = rowsOf(links);
        const counts = new Map<string, number>();
        for (const { parentId } of all) counts.set(parentId, (counts.get(parentId) ?? 0) + 1);
        const rows = all.map((row) => ({ ...row, children: counts.get(row.id) ?? 0 }));
        const whole = { ...trace(rows), total: rows.length };
        let here: Skeleton = { ...trace(rows.slice(0, 1)), total: rows.length, truncated: true };
        for (let step = 0; here.rows.length < rows.length && step < 99; step++) {
          const model = buildModel(here);
          const open = [...model.unread.keys()].filter((node) => model.unread[node]! > 0);
          const { id } = model.rows[open[(seed + step) % open.length]!]!;
          here = graft(here, {
            ...whole,
            rows: rows.filter(({ parentId }) => parentId === id),
            truncated: true,
          });
        }
        expect(shown(here)).toEqual(shown(whole));
        expect(here.truncated).toBe(false);
      }),
      { numRuns: 100 },
    );
  });
});

function rowsOf(links: number[]): SpanRow[] {
  return links.map((link, at) => span(`s${at}`, at === 0 ? "" : `s${link % at}`, at, 1));
}
