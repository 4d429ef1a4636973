// Every payload of the corpus is drawn, says what it says, and none falls back to JSON but the listed ones.
import { readdirSync, readFileSync } from "node:fs";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { cleanup, render, screen } from "@testing-library/react";
import type { ReactElement } from "react";
import { describe, expect, it, vi } from "vitest";
import { parseJson } from "@/kit/json-view";
import { Conversation, conversationOf, Messages, type Hints } from ".";

vi.mock("@/api", () => ({ useMaybeProject: () => undefined, api: {} }));

interface Case {
  name: string;
  hints?: Hints;
  input: unknown;
  output: unknown;
  expect: {
    messages: { role: string; parts: { type: string; text?: string; name?: string }[] }[];
    fallback?: boolean;
  };
}

const FOLDER = "tests/fixtures/messages";
const cases = readdirSync(FOLDER).flatMap((file) =>
  (parseJson(readFileSync(`${FOLDER}/${file}`, "utf8")) as Case[]).map((item) => ({
    ...item,
    id: `${file.replace(".json", "")}: ${item.name}`,
  })),
);
const page = (content: ReactElement): ReturnType<typeof render> =>
  render(<QueryClientProvider client={new QueryClient()}>{content}</QueryClientProvider>);
const words = (text: string): string => text.replace(/[\s*`#>]+/g, "");

describe("the corpus", () => {
  it("is drawn without a fallback, except for the listed ones", () => {
    const fallen: string[] = [];
    for (const item of cases) {
      const { container } = page(
        <Messages input={item.input} output={item.output} hints={item.hints} look="pretty" />,
      );
      const shown = words(container.textContent ?? "");
      for (const { parts } of item.expect.messages) {
        for (const part of parts) {
          const isJson = part.type === "text" && /^\s*[[{]/.test(part.text ?? "");
          if (part.type === "text" && !isJson) expect(shown, item.id).toContain(words(part.text ?? ""));
          if (part.type === "tool_call") expect(shown, item.id).toContain(words(part.name ?? ""));
        }
      }
      if (container.querySelector("[data-fallback]")) fallen.push(item.id);
      cleanup();
    }
    expect(fallen).toEqual([
      "generic: values that are no messages",
      "generic: one message that nobody can read",
    ]);
  }, 60_000);
});

describe("Messages", () => {
  const call = {
    role: "assistant",
    content: null,
    tool_calls: [{ id: "c1", type: "function", function: { name: "find", arguments: '{"q":"x"}' } }],
  };
  const result = { role: "tool", tool_call_id: "c1", content: "found it" };

  it("shows a result under its call, once, and an orphan by itself", () => {
    page(
      <Messages
        input={[call, result, { role: "tool", tool_call_id: "gone", content: "orphan" }]}
        output={null}
        look="pretty"
      />,
    );
    expect(screen.getAllByText("found it")).toHaveLength(1);
    expect(screen.getByRole("group", { name: "Call of find" }).textContent).toContain("found it");
    expect(screen.getByText("orphan").closest("article")?.getAttribute("aria-label")).toBe("Tool");
  });

  it("folds a long system prompt and says how long it is", () => {
    const text = Array.from({ length: 30 }, (_, index) => `Rule ${index}`).join("\n\n");
    page(<Messages input={[{ role: "system", content: text }]} output={null} look="pretty" />);
    expect(screen.getByRole("button", { name: /Show all 59 lines/ }).getAttribute("aria-expanded")).toBe(
      "false",
    );
  });

  it("shows text as written when Markdown is off", () => {
    page(<Messages input="**bold** _move_" output={null} look="plain" />);
    expect(screen.getByText("**bold** _move_")).toBeTruthy();
  });

  it("marks an answer that was cut off, and an error", () => {
    const { container } = page(
      <Messages
        input="hi"
        output={{
          choices: [{ index: 0, message: { role: "assistant", content: "Hel" }, finish_reason: "length" }],
        }}
        look="pretty"
      />,
    );
    expect(container.textContent).toContain("cut off: length");
    cleanup();
    page(
      <Messages
        input="hi"
        output={{ error: { message: "Overloaded", type: "overloaded_error" } }}
        look="pretty"
      />,
    );
    expect(screen.getByRole("article", { name: "Error" }).textContent).toContain("Overloaded");
  });

  it("loads nothing from other hosts", () => {
    const { container } = page(
      <Messages
        input={[
          {
            role: "user",
            content: [{ type: "image_url", image_url: { url: "https://evil.example/p.png" } }],
          },
        ]}
        output={null}
        look="pretty"
      />,
    );
    expect(container.querySelector("img, audio, video, iframe")).toBeNull();
    expect(screen.getByRole("link", { name: "Open image from evil.example" }).getAttribute("rel")).toContain(
      "noreferrer",
    );
  });
});

describe("Conversation", () => {
  it("names sub-agents and keeps what they say together", () => {
    const exchanges = conversationOf([
      {
        id: "g1",
        name: "plan",
        agent: "a",
        start: "2025-01-01T10:00:00Z",
        input: { text: "Plan it" },
        output: { text: "Planned" },
      },
      {
        id: "g2",
        name: "work",
        agent: "b",
        start: "2025-01-01T10:00:01Z",
        input: { text: "Do it" },
        output: { text: "Done" },
      },
    ]);
    const { container } = page(
      <Conversation exchanges={exchanges} agentName={(id) => ({ a: "Planner", b: "Worker" })[id]} />,
    );
    expect(container.querySelector("summary")?.textContent).toContain("Worker");
    expect([...container.querySelectorAll("article")].map((card) => card.getAttribute("aria-label"))).toEqual(
      ["User", "Assistant", "User", "Assistant"],
    );
  });
});
