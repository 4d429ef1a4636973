import { expect, test } from "vitest";
import { actionChoices, kindChoices, wordsOf } from "./audit-words";

test("names of the log become words", () => {
  expect(["apiKey", "llmConnection", "trace", "promptProtectedLabels"].map(wordsOf)).toEqual([
    "API key",
    "LLM connection",
    "trace",
    "prompt protected labels",
  ]);
});

test("what is in the address can be chosen, known or not", () => {
  expect(kindChoices("")[0]).toEqual({ id: "", label: "All kinds" });
  expect(kindChoices("")).not.toContainEqual({ id: "newThing", label: "New thing" });
  expect(kindChoices("newThing")).toContainEqual({ id: "newThing", label: "New thing" });
  expect(actionChoices("delete").filter(({ id }) => id === "delete")).toEqual([
    { id: "delete", label: "Delete" },
  ]);
});
