// The conversation of a session in the page.
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import type { ReactElement } from "react";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { Column, type ColumnProps } from "./column";
import { sessionMarkdown } from "./export";
import { Rail } from "./rail";
import type { Turn } from "./session-queries";
import { saidIn } from "./turn-model";
import { useOpenSteps } from "./use-open-steps";
import { useReplay } from "./use-replay";

const get = vi.fn();
vi.mock("@/api", () => ({
  useMaybeProject: () => undefined,
  useProject: () => ({ id: "p" }),
  api: { get: (...args: unknown[]) => get(...args) as unknown },
}));

const stored = (text: string): Turn["input"] => ({
  text,
  length: text.length,
  truncated: false,
  kind: text ? "text" : "none",
});
const turn = (
  index: number,
  second: number,
  input: string,
  output: string,
  more: Partial<Turn["trace"]> = {},
): Turn => ({
  trace: {
    id: `t${index}`,
    name: "chat",
    time: new Date(1_700_000_000_000 + second * 1000).toISOString(),
    latency: 2,
    level: "DEFAULT",
    cost: 0.01,
    tokens: null,
    observations: 3,
    errors: 0,
    user: null,
    tags: [],
    env: "default",
    session: "s",
    release: null,
    version: null,
    warnings: 0,
    ...more,
  },
  input: stored(input),
  output: stored(output),
  scores: [],
  steps: { generations: 1, tools: 1, other: 0 },
});
const TURNS = [
  turn(0, 0, "Where is it?", "On its way."),
  turn(1, 3_600, "Cancel it", '{"state":"cancelled","n":1}', { errors: 1 }),
  turn(2, 3_610, '{"order":1,"lines":[2]}', '{"state":"odd","n":2}'),
];
const SAID = TURNS.map(({ input, output }) => saidIn(input.text, output.text));

function Host(props: Partial<ColumnProps>): ReactElement {
  const replay = useReplay(TURNS);
  const steps = useOpenSteps();
  return (
    <>
      <button type="button" onClick={replay.step}>
        Step
      </button>
      <Column
        projectId="p"
        turns={TURNS}
        said={SAID}
        show="conversation"
        withSystem={false}
        replay={replay}
        current={0}
        steps={steps}
        isLoading={false}
        onSelect={() => {}}
        onOpen={() => {}}
        {...props}
      />
    </>
  );
}
const page = (content: ReactElement): ReturnType<typeof render> =>
  render(<QueryClientProvider client={new QueryClient()}>{content}</QueryClientProvider>);

describe("the conversation", () => {
  beforeEach(() => {
    get.mockReset();
    get.mockResolvedValue({
      truncated: false,
      generations: [
        {
          id: "g",
          name: "plan",
          agent: null,
          start: "2025-01-01T00:00:00Z",
          input: {
            text: '[{"role":"user","content":"Where is it?"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"look_up","arguments":"{}"}}]}]',
          },
          output: { text: "On its way." },
          scope: null,
        },
      ],
    });
  });

  it("shows each turn with question and answer, and the long silence between two", () => {
    page(<Host />);
    expect(screen.getByRole("group", { name: "Turn 1" }).textContent).toContain("Where is it?");
    expect(screen.getByRole("group", { name: "Turn 1" }).textContent).toContain("On its way.");
    expect(screen.getByRole("group", { name: "Turn 1" }).getAttribute("aria-current")).toBe("true");
    expect(screen.getByRole("separator").textContent).toBe("59 m 58 s later");
    expect(screen.getByText("1 error")).toBeTruthy();
  });

  it("loads the steps of a turn when they are unfolded, without question and answer", async () => {
    page(<Host />);
    const callsBefore = get.mock.calls.filter(
      ([, options]) => (options as { query: { id: string } }).query.id === "t0",
    );
    expect(callsBefore).toHaveLength(0);
    fireEvent.click(screen.getAllByRole("button", { name: /1 tool call · 1 model call/ })[0]!);
    const call = await screen.findByRole("group", { name: "Call of look_up" });
    expect(call).toBeTruthy();
    expect(screen.getAllByText("Where is it?")).toHaveLength(1);
  });

  it("asks which model call is the reply where nothing can be read", async () => {
    page(<Host />);
    expect(await screen.findByText("Which model call is the reply?")).toBeTruthy();
  });

  it("replays message by message", () => {
    page(<Host />);
    const step = screen.getByRole("button", { name: "Step" });
    fireEvent.click(step);
    expect(screen.getByRole("log").textContent).toContain("Where is it?");
    expect(screen.getByRole("log").textContent).not.toContain("On its way.");
    fireEvent.click(step);
    expect(screen.getByRole("log").textContent).toContain("On its way.");
    expect(screen.queryByText("Cancel it")).toBeNull();
    fireEvent.click(step);
    expect(screen.getByText("Cancel it")).toBeTruthy();
  });
});

describe("beside it", () => {
  it("the rail names the turns, says which failed, and jumps", () => {
    const onJump = vi.fn();
    page(<Rail turns={TURNS} headlines={["Where", "Cancel", ""]} current={1} onJump={onJump} />);
    const buttons = screen.getAllByRole("button");
    expect(buttons.map((button) => button.textContent)).toEqual(["1Where", "2Cancelfailed", "3chat"]);
    expect(buttons[1]!.getAttribute("aria-current")).toBe("true");
    fireEvent.click(buttons[2]!);
    expect(onJump).toHaveBeenCalledWith(2);
  });

  it("the Markdown has every question and answer once", () => {
    const text = sessionMarkdown("s1", TURNS.slice(0, 1), SAID.slice(0, 1));
    expect(text).toBe(
      "# Session s1\n\n## 1. 2023-11-14T22:13:20.000Z\n\n**User**\n\nWhere is it?\n\n**Assistant**\n\nOn its way.",
    );
  });
});
