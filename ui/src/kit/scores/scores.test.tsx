import { screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { bootOf, renderAt } from "../../../tests/render";
import type { ScoreConfig } from "./configs";
import { ScoreFields } from "./score-fields";
import { givenBy, type ScoreDraft } from "./use-score-draft";

const config = (change: Partial<ScoreConfig>): ScoreConfig => ({
  id: "c",
  name: "quality",
  dataType: "NUMERIC",
  isArchived: false,
  minValue: null,
  maxValue: null,
  categories: null,
  description: null,
  projectId: "p",
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
  ...change,
});

describe("what is given", () => {
  it("is a value that the config allows, under its name", () => {
    const limited = config({ minValue: 1, maxValue: 5 });
    expect(givenBy(limited, 5)).toEqual({ name: "quality", dataType: "NUMERIC", configId: "c", value: 5 });
    expect(givenBy(limited, 1)?.value).toBe(1);
    for (const value of [0.9, 5.1, null]) expect(givenBy(limited, value)).toBeNull();
    expect(givenBy(config({ dataType: "TEXT" }), " ")).toBeNull();
    expect(givenBy(config({ dataType: "BOOLEAN" }), 0)?.value).toBe(0);
    expect(givenBy(undefined, 1)).toBeNull();
  });
});

describe("the fields", () => {
  const draft = (change: Partial<ScoreDraft>): ScoreDraft => ({
    projectId: "p1",
    configs: [],
    error: null,
    retry: vi.fn(),
    config: change.configs?.[0],
    value: null,
    choose: vi.fn(),
    setValue: vi.fn(),
    given: null,
    ...change,
  });

  it("are the value that the config asks for, and what else is asked", async () => {
    const tone = config({ dataType: "CATEGORICAL", categories: [{ label: "good", value: 7 }] });
    const given = draft({ configs: [tone] });
    await renderAt(<ScoreFields draft={given}>and a comment</ScoreFields>);
    await userEvent.click(screen.getByRole("radio", { name: "good" }));
    expect(given.setValue).toHaveBeenCalledExactlyOnceWith("good");
    expect(screen.getByText("and a comment")).toBeTruthy();
  });

  it.each([
    [["scoreConfigs:CUD" as const], "link", "Make one in the settings"],
    [[], "paragraph", "An administrator can make one."],
  ])("say how to come to a config: %#", async (permissions, role, words) => {
    await renderAt(<ScoreFields draft={draft({})}>and a comment</ScoreFields>, {
      boot: bootOf([...permissions]),
    });
    expect(screen.getByRole(role).textContent).toContain(words);
    expect(screen.queryByText("and a comment")).toBeNull();
  });

  it("say that the configs could not be read, and read them again", async () => {
    const failed = draft({ configs: undefined, error: new Error("Away for a moment") });
    await renderAt(<ScoreFields draft={failed}>and a comment</ScoreFields>);
    expect(screen.getByRole("alert").textContent).toContain("Away for a moment");
    await userEvent.click(screen.getByRole("button", { name: "Retry" }));
    expect(failed.retry).toHaveBeenCalledOnce();
  });
});
