// Each message once, repeats kept, results with their calls.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { conversationOf, type Generation, plainText } from "./conversation";
import { toMarkdown } from "./markdown-export";
import { normalize } from "./normalize";
import { pairTools } from "./pairing";

const call = (index: number, input: unknown, output: unknown, agent: string | null = null): Generation => ({
  id: `g${index}`,
  name: `call ${index}`,
  agent,
  start: `2025-01-01T10:00:${String(index % 60).padStart(2, "0")}Z`,
  input: { text: typeof input === "string" ? input : JSON.stringify(input) },
  output: output === null ? null : { text: typeof output === "string" ? output : JSON.stringify(output) },
});
const said = (generations: Generation[]): string[] =>
  conversationOf(generations).flatMap(({ entries }) =>
    entries.map(({ message }) => plainText(message) || message.parts[0]!.type),
  );

describe("conversationOf", () => {
  it("shows the messages of a 40-call agent once each", () => {
    const history: object[] = [
      { role: "system", content: "Be good" },
      { role: "user", content: "Start" },
    ];
    const generations = Array.from({ length: 40 }, (_, index) => {
      const answer = {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: `c${index}`, type: "function", function: { name: "step", arguments: `{"n":${index}}` } },
        ],
      };
      const made = call(index, history, answer);
      history.push(answer, { role: "tool", tool_call_id: `c${index}`, content: `result ${index}` });
      return made;
    });
    const entries = conversationOf(generations).flatMap((exchange) => exchange.entries);
    expect(entries).toHaveLength(2 + 40 + 39);
    expect(entries.slice(0, 4).map(({ message }) => message.role)).toEqual([
      "system",
      "user",
      "assistant",
      "tool",
    ]);
  });

  it("keeps what somebody says twice", () => {
    const history = [
      { role: "user", content: "yes" },
      { role: "assistant", content: "Sure?" },
      { role: "user", content: "yes" },
    ];
    expect(said([call(0, history.slice(0, 1), history[1]), call(1, history, "Good.")])).toEqual([
      "yes",
      "Sure?",
      "yes",
      "Good.",
    ]);
  });

  it("takes an answer with reasoning and its copy without for the same", () => {
    const answer = {
      type: "message",
      role: "assistant",
      content: [
        { type: "thinking", thinking: "hm", signature: "s" },
        { type: "text", text: "Hi" },
      ],
      stop_reason: "end_turn",
    };
    const next = [
      { role: "user", content: "a" },
      { role: "assistant", content: [{ type: "text", text: "Hi" }] },
      { role: "user", content: "b" },
    ];
    expect(said([call(0, [{ role: "user", content: "a" }], answer), call(1, next, "Bye")])).toEqual([
      "a",
      "Hi",
      "b",
      "Bye",
    ]);
  });

  it("groups by agent, in the order of time", () => {
    const groups = conversationOf([
      call(0, "a", "b", "x"),
      call(1, "c", "d", "y"),
      call(2, "e", "f", "y"),
      call(3, "g", "h", "x"),
    ]);
    expect(groups.map(({ agent, entries }) => [agent, entries.length])).toEqual([
      ["x", 2],
      ["y", 4],
      ["x", 2],
    ]);
  });

  it("never shows a message more often than the call that holds it most", () => {
    const text = fc.constantFrom("yes", "no", "maybe");
    fc.assert(
      fc.property(fc.array(fc.array(text, { maxLength: 6 }), { maxLength: 6 }), (lists) => {
        const shown = said(
          lists.map((list, index) =>
            call(
              index,
              list.map((content) => ({ role: "user", content })),
              null,
            ),
          ),
        );
        for (const word of ["yes", "no", "maybe"]) {
          const most = Math.max(0, ...lists.map((list) => list.filter((held) => held === word).length));
          expect(shown.filter((held) => held === word)).toHaveLength(most);
        }
      }),
    );
  });
});

describe("pairTools", () => {
  const paired = (input: unknown): [string, string | undefined][] => {
    const { messages } = normalize(input, null);
    const { resultOf } = pairTools(messages);
    return messages
      .flatMap((message) => message.parts)
      .flatMap((part) => {
        if (part.type !== "tool_call") return [];
        const first = resultOf.get(part)?.content[0];
        return [[part.name, first?.type === "text" ? first.text : undefined] as [string, string | undefined]];
      });
  };

  it("goes by id, whatever the order", () => {
    const calls = ["1", "2"].map((id) => ({
      id,
      type: "function",
      function: { name: `f${id}`, arguments: "{}" },
    }));
    expect(
      paired([
        { role: "assistant", tool_calls: calls },
        { role: "tool", tool_call_id: "2", content: "two" },
        { role: "tool", tool_call_id: "1", content: "one" },
      ]),
    ).toEqual([
      ["f1", "one"],
      ["f2", "two"],
    ]);
  });

  it("goes by name and order where there are no ids", () => {
    const parts = (name: string, result?: string): object =>
      result === undefined
        ? { functionCall: { name, args: {} } }
        : { functionResponse: { name, response: { result } } };
    const input = [
      { role: "model", parts: [parts("f"), parts("g"), parts("f")] },
      { role: "user", parts: [parts("g", "G"), parts("f", "F1"), parts("f", "F2")] },
    ];
    expect(paired(input)).toEqual([
      ["f", "F1"],
      ["g", "G"],
      ["f", "F2"],
    ]);
  });

  it("leaves a call without its result alone", () => {
    expect(
      paired([
        {
          role: "assistant",
          tool_calls: [{ id: "1", type: "function", function: { name: "f", arguments: "" } }],
        },
      ]),
    ).toEqual([["f", undefined]]);
  });
});

describe("toMarkdown", () => {
  it("writes what was said and done", () => {
    const { messages } = normalize(
      [
        { role: "user", content: "Find ```x```" },
        {
          role: "assistant",
          content: "Looking",
          tool_calls: [{ id: "1", type: "function", function: { name: "find", arguments: '{"q":1}' } }],
        },
        { role: "tool", tool_call_id: "1", content: "a\n```\nb" },
      ],
      "Found",
    );
    expect(toMarkdown(messages)).toBe(
      '**User**\n\nFind ```x```\n\n**Assistant**\n\nLooking\n\nCalls `find`:\n\n```\n{\n  "q": 1\n}\n```\n\n**Tool**\n\nResult:\n\n````\na\n```\nb\n````\n\n**Assistant**\n\nFound',
    );
  });
});
