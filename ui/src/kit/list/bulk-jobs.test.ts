import { describe, expect, it } from "vitest";
import { whatToDo } from "./bulk-all";
import { sayJob, type BulkJob } from "./bulk-jobs";
import { onlyTicked } from "./bulk-ticked";

const job = (change: Partial<BulkJob>): BulkJob => ({
  id: "j",
  entity: "traces",
  action: "delete",
  tag: null,
  scoreName: null,
  status: "running",
  count: 12_034,
  done: 500,
  requestedAt: "2026-01-01T00:00:00.000Z",
  finishedAt: null,
  lastError: null,
  ...change,
});

describe("a job in words", () => {
  it.each([
    [job({}), "Deleting traces: 500 of 12,034"],
    [job({ status: "queued", done: 0, count: 1 }), "Deleting 1 trace: begins in a moment"],
    [job({ status: "stopping", action: "tag" }), "Tagging traces: 500 of 12,034, stopping"],
    [job({ status: "done", done: 12_034 }), "Deleted 12,034 traces"],
    [job({ status: "done", done: 1, entity: "scores" }), "Deleted 1 score"],
    [job({ status: "cancelled", action: "bookmark" }), "Stopped: bookmarked 500 of 12,034 traces"],
    [job({ status: "failed", lastError: "Away." }), "Failed: deleted 500 of 12,034 traces. Away."],
  ])("%#", (given, text) => expect(sayJob(given)).toBe(text));
});

describe("what is confirmed", () => {
  const score = { name: "ok", value: 0, dataType: "NUMERIC" as const, configId: "c" };

  it("is whole, or nothing", () => {
    expect(whatToDo("delete", "", null, "")).toEqual({ action: "delete" });
    expect(whatToDo("tag", " ", null, "")).toBeNull();
    expect(whatToDo("untag", " old ", null, "")).toEqual({ action: "untag", tag: "old" });
    expect(whatToDo("score", "", score, " ")).toEqual({ action: "score", score });
    expect(whatToDo("score", "", null, "why")).toBeNull();
    expect(whatToDo("score", "", score, " why ")).toEqual({
      action: "score",
      score: { ...score, comment: "why" },
    });
  });
});

describe("ticked rows", () => {
  const list = (filter?: object) =>
    ({
      project: "p",
      entity: "observations",
      state: {},
      scope: { from: "a", filter },
    }) as unknown as Parameters<typeof onlyTicked>[0];

  it("are a narrower question of the same list", () => {
    const own = { field: "env", op: "is", value: "prod" };
    expect(onlyTicked(list(own), { trace: ["t", "t"], id: ["o1", "o2"] }).scope).toEqual({
      from: "a",
      filter: {
        and: [
          { and: [own, { field: "trace", op: "in", value: ["t"] }] },
          { field: "id", op: "in", value: ["o1", "o2"] },
        ],
      },
    });
    expect(onlyTicked(list(), { id: ["o1"] }).scope?.filter).toEqual({
      field: "id",
      op: "in",
      value: ["o1"],
    });
  });

  it("may be more than one condition takes", () => {
    const ids = Array.from({ length: 450 }, (_, at) => `o${at}`);
    const { or } = onlyTicked(list(), { id: ids }).scope!.filter as { or: { value: string[] }[] };
    expect(or.map(({ value }) => value.length)).toEqual([200, 200, 50]);
    expect(or.flatMap(({ value }) => value)).toEqual(ids);
  });
});
