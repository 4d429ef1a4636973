// Question, answer, silence and replay of a session.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainText } from "@/kit/messages";
import { idleBefore, IDLE_MS, scheduleOf, shownAfter, startOf } from "./schedule";
import type { Turn } from "./session-queries";
import { headline, saidIn, stepsText } from "./turn-model";
import { waitOf } from "./use-replay";

function turn(second: number, latency: number | null = 2, id = `t${second}`): Turn {
  const none = { text: "", length: 0, truncated: false, kind: "none" as const };
  return {
    trace: {
      id,
      name: "chat",
      time: new Date(1_700_000_000_000 + second * 1000).toISOString(),
      latency,
      level: "DEFAULT",
      cost: null,
      tokens: null,
      observations: 1,
      errors: 0,
      user: null,
      tags: [],
      env: "default",
      session: "s",
      release: null,
      version: null,
      warnings: 0,
    },
    input: none,
    output: none,
    scores: [],
    steps: { generations: 1, tools: 0, other: 0 },
  };
}
const texts = (
  input: unknown,
  output: unknown,
): { asked: string[]; answered: string[]; isUnreadable: boolean } => {
  const said = saidIn(input, output);
  return {
    asked: said.asked.map(plainText),
    answered: said.answered.map(plainText),
    isUnreadable: said.isUnreadable,
  };
};

describe("what a turn says", () => {
  it.each([
    ["plain texts", "Where is it?", "On its way.", ["Where is it?"], ["On its way."]],
    [
      "a history",
      [
        { role: "system", content: "s" },
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        { role: "user", content: "c" },
      ],
      "d",
      ["c"],
      ["d"],
    ],
    [
      "two questions in a row",
      [
        { role: "assistant", content: "b" },
        { role: "user", content: "c" },
        { role: "user", content: "d" },
      ],
      "e",
      ["c", "d"],
      ["e"],
    ],
    [
      "a state that came back whole",
      { messages: [{ type: "human", content: "Refund" }] },
      {
        messages: [
          { type: "human", content: "Refund" },
          { type: "ai", content: "", tool_calls: [{ name: "refund", args: {}, id: "1" }] },
          { type: "tool", content: "ok", tool_call_id: "1" },
          { type: "ai", content: "Done" },
        ],
      },
      ["Refund"],
      ["Done"],
    ],
    [
      "tools between question and answer",
      [
        { role: "user", content: "a" },
        { role: "assistant", content: "b" },
        { role: "user", content: "Weather?" },
        {
          role: "assistant",
          content: "Looking",
          tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "{}" } }],
        },
        { role: "tool", tool_call_id: "1", content: "-4" },
      ],
      "Cold.",
      ["Weather?"],
      ["Cold."],
    ],
    ["a question with context", { question: "Who?", k: 3 }, { answer: "Me" }, ["Who?"], ["Me"]],
    ["no answer yet", "Hello?", null, ["Hello?"], []],
    [
      "an error",
      "Hello?",
      { error: { message: "Overloaded", type: "overloaded_error" } },
      ["Hello?"],
      ["Overloaded"],
    ],
  ])("%s", (_, input, output, asked, answered) => {
    expect(texts(input, output)).toEqual({ asked, answered, isUnreadable: false });
  });

  it("asks for the reply where nothing can be read", () => {
    expect(texts({ order: "HP-1", lines: [1] }, { state: "shipped", n: 2 }).isUnreadable).toBe(true);
  });

  it("keeps the system prompt apart, and has a headline", () => {
    const said = saidIn(
      [
        { role: "system", content: "Be good" },
        { role: "user", content: " two\n\nwords " },
      ],
      "x",
    );
    expect(said.system.map(plainText)).toEqual(["Be good"]);
    expect(headline(said)).toBe("two words");
  });

  it("counts the steps", () => {
    expect(stepsText({ steps: { generations: 3, tools: 1, other: 0 } })).toBe(
      "1 tool call \u00b7 3 model calls",
    );
    expect(stepsText({ steps: { generations: 0, tools: 0, other: 0 } })).toBe("");
  });
});

describe("the replay", () => {
  it("shows messages at their true distances", () => {
    expect(scheduleOf([turn(0, 2), turn(10, 4)])).toEqual([
      { at: 0, turn: 0, part: "asked" },
      { at: 2_000, turn: 0, part: "answered" },
      { at: 10_000, turn: 1, part: "asked" },
      { at: 14_000, turn: 1, part: "answered" },
    ]);
  });

  it("makes a long silence short, and marks it", () => {
    const turns = [turn(0, 2), turn(3_600, 1)];
    expect(scheduleOf(turns).map(({ at }) => at)).toEqual([0, 2_000, 4_000, 5_000]);
    expect(idleBefore(turns, 1)).toBe(3_598_000);
    expect(idleBefore([turn(0, 2), turn(60)], 1)).toBeNull();
    expect(idleBefore(turns, 0)).toBeNull();
  });

  it("has every message once, in the order of time, and never waits longer than the silence", () => {
    const turns = fc.array(
      fc.tuple(fc.integer({ min: 0, max: 100_000 }), fc.option(fc.integer({ min: 0, max: 900 }))),
      { maxLength: 30 },
    );
    fc.assert(
      fc.property(turns, (list) => {
        const made = list
          .map(([second, latency], index) => turn(second, latency, String(index)))
          .toSorted((a, b) => startOf(a) - startOf(b));
        const moments = scheduleOf(made);
        expect(moments).toHaveLength(made.length * 2);
        expect(new Set(moments.map(({ turn: index, part }) => `${index}${part}`)).size).toBe(moments.length);
        moments.forEach(({ at }, index) => {
          const gap = at - (moments[index - 1]?.at ?? 0);
          expect(gap).toBeGreaterThanOrEqual(0);
          expect(gap).toBeLessThanOrEqual(IDLE_MS);
        });
        for (const [index] of made.entries()) {
          const question = moments.findIndex((moment) => moment.turn === index && moment.part === "asked");
          const answer = moments.findIndex((moment) => moment.turn === index && moment.part === "answered");
          expect(question).toBeLessThan(answer);
        }
      }),
    );
  });

  it("knows what is there after a number of messages", () => {
    const moments = scheduleOf([turn(0), turn(10)]);
    expect(shownAfter(moments, 3, 0)).toEqual({ asked: true, answered: true });
    expect(shownAfter(moments, 3, 1)).toEqual({ asked: true, answered: false });
    expect(shownAfter(moments, 1, 1)).toEqual({ asked: false, answered: false });
  });

  it("waits by the speed", () => {
    const moments = scheduleOf([turn(0, 8)]);
    expect(waitOf(moments, 1, "1")).toBe(8_000);
    expect(waitOf(moments, 1, "4")).toBe(2_000);
    expect(waitOf(moments, 1, "max")).toBe(250);
  });
});
