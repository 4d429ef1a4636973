// Calls that are made again from what was recorded.
import { describe, expect, it } from "vitest";

import { type CalledSpan, callOf } from "./call";
import { asCurl, asPython } from "./print";

function made(input: unknown, more: Partial<CalledSpan> = {}) {
  const span = { model: "gpt-4o", modelParameters: null, name: "llm", scopeName: null, tools: [], ...more };
  const call = callOf(span as CalledSpan, typeof input === "string" ? input : JSON.stringify(input));
  if (!call) throw new Error("no call");
  return call;
}

const CHAT = [
  { role: "system", content: "Be brief." },
  { role: "user", content: "Hi" },
];
const WEATHER = {
  name: "weather",
  definition: {
    type: "function",
    function: { name: "weather", description: "Of a city", parameters: { type: "object" } },
  },
};

describe("a call", () => {
  it("to OpenAI is as it was recorded", () => {
    const call = made(CHAT, {
      modelParameters: { temperature: "0.2", maxTokens: 50, stream: true, api_key: "sk-secret" },
    });
    expect([call.path, call.key.variable, call.leftOut]).toEqual([
      "/chat/completions",
      "OPENAI_API_KEY",
      ["api_key"],
    ]);
    expect(call.body).toEqual({ model: "gpt-4o", messages: CHAT, temperature: 0.2, max_tokens: 50 });
  });

  it("has the tools, in the form of each provider", () => {
    const schema = { name: "weather", description: "Of a city" };
    expect(made(CHAT, { tools: [WEATHER] }).body.tools).toEqual([
      { type: "function", function: { ...schema, parameters: { type: "object" } } },
    ]);
    expect(made(CHAT, { tools: [WEATHER], model: "claude-sonnet-4" }).body.tools).toEqual([
      { ...schema, input_schema: { type: "object" } },
    ]);
    expect(made(CHAT, { tools: [WEATHER], model: "gemini-2.5-pro" }).body.tools).toEqual([
      { functionDeclarations: [{ ...schema, parameters: { type: "object" } }] },
    ]);
  });

  it("to Anthropic has the system prompt apart and a limit", () => {
    const call = made(CHAT, {
      model: "anthropic/claude-sonnet-4",
      modelParameters: { top_p: 0.9, stop: ["END"], seed: 1 },
    });
    expect([call.path, call.key, call.headers["anthropic-version"]]).toEqual([
      "/v1/messages",
      { header: "x-api-key", prefix: "", variable: "ANTHROPIC_API_KEY" },
      "2023-06-01",
    ]);
    expect(call.body).toEqual({
      model: "claude-sonnet-4",
      max_tokens: 1024,
      top_p: 0.9,
      stop_sequences: ["END"],
      system: "Be brief.",
      messages: [{ role: "user", content: "Hi" }],
    });
    expect(call.leftOut).toEqual(["seed"]);
  });

  it("to Anthropic in its own form is as it was recorded", () => {
    const messages = [
      { role: "user", content: [{ type: "text", text: "Hi" }] },
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "t1", name: "weather", input: { city: "Lisbon" } }],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "t1", content: "sun" }] },
    ];
    const { body } = made({ system: "Be brief.", messages, max_tokens: 9 }, { model: "claude-sonnet-4" });
    expect([body.system, body.messages]).toEqual(["Be brief.", messages]);
  });

  it("turns tool calls into those of another provider", () => {
    const messages = [
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: null,
        tool_calls: [
          { id: "c1", type: "function", function: { name: "weather", arguments: '{"city":"Lisbon"}' } },
        ],
      },
      { role: "tool", tool_call_id: "c1", content: "sun" },
    ];
    expect(made(messages, { model: "claude-sonnet-4" }).body.messages).toEqual([
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: [{ type: "tool_use", id: "c1", name: "weather", input: { city: "Lisbon" } }],
      },
      { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: "sun" }] },
    ]);
    expect((made(messages, { model: "gemini-2.5-pro" }).body.contents as object[])[1]).toEqual({
      role: "model",
      parts: [{ functionCall: { name: "weather", args: { city: "Lisbon" } } }],
    });
  });

  it("to Gemini", () => {
    const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
    const call = made(
      { contents, systemInstruction: { parts: [{ text: "Be brief." }] } },
      {
        model: "models/gemini-2.5-pro",
        modelParameters: { max_output_tokens: 64, topK: 3 },
      },
    );
    expect(call.path).toBe("/v1beta/models/gemini-2.5-pro:generateContent");
    expect(call.body).toEqual({
      systemInstruction: { parts: [{ text: "Be brief." }] },
      contents,
      generationConfig: { maxOutputTokens: 64, topK: 3 },
    });
  });

  it("of plain text is one message, of no model or no input nothing", () => {
    expect(made("Tell me").body.messages).toEqual([{ role: "user", content: "Tell me" }]);
    const span = { model: null, modelParameters: null, name: null, scopeName: null, tools: [] };
    expect(callOf(span as CalledSpan, "x")).toBeNull();
    expect(callOf({ ...span, model: "gpt-4o" } as CalledSpan, " ")).toBeNull();
  });

  it("names what it cannot send", () => {
    const picture = {
      role: "user",
      content: [
        { type: "text", text: "What?" },
        { type: "image_url", image_url: { url: "https://x/y.png" } },
      ],
    };
    expect(made([picture]).leftOut).toEqual([]);
    expect(made([picture], { model: "claude-sonnet-4" }).leftOut).toEqual(["image"]);
  });
});

const QUOTES = made([{ role: "user", content: 'It\'s "$HOME"\nJSON\n`x`' }], {
  modelParameters: { logprobs: true },
});

it("is a command in which the shell changes nothing", () => {
  expect(asCurl(QUOTES)).toBe(
    [
      'curl "${OPENAI_BASE_URL:-https://api.openai.com/v1}/chat/completions" \\',
      '  -H "authorization: Bearer $OPENAI_API_KEY" \\',
      '  -H "content-type: application/json" \\',
      "  -d @- <<'JSON'",
      "{",
      '  "model": "gpt-4o",',
      '  "messages": [',
      "    {",
      '      "role": "user",',
      '      "content": "It\'s \\"$HOME\\"\\nJSON\\n`x`"',
      "    }",
      "  ],",
      '  "logprobs": true',
      "}",
      "JSON",
      "",
    ].join("\n"),
  );
});

it("is a program without other libraries", () => {
  const text = asPython({ ...QUOTES, leftOut: ["a\nb"] });
  expect(text).toContain("# Recorded, and not in this call: a b\nimport json\n");
  expect(text).toContain('    "authorization": "Bearer " + os.environ["OPENAI_API_KEY"],\n');
  expect(text).toContain('"content": "It\'s \\"$HOME\\"\\nJSON\\n`x`",\n');
  expect(text).toContain('    "logprobs": True,\n}\n');
});
