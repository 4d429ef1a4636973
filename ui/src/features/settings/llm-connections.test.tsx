import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { bootOf, renderAt } from "../../../tests/render";
import LlmConnectionsPage from "./llm-connections";

const ROW = {
  id: "c1",
  provider: "ours",
  adapter: "openai",
  displaySecretKey: "...abcd",
  baseURL: null,
  customModels: ["llama-3"],
  withDefaultModels: false,
  extraHeaderKeys: [],
  config: null,
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};
const place = {
  at: "/project/p1/settings/llm-connections",
  route: "/project/$projectId/settings/llm-connections",
};

let sent: { method: string; body: unknown }[];
beforeEach(() => {
  sent = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method !== "GET") sent.push({ method: request.method, body: await request.json() });
    return Response.json({ data: [ROW], meta: { totalPages: 1 } });
  });
});
afterEach(() => vi.unstubAllGlobals());

test("who may only read sees connections and nothing to change them with", async () => {
  await renderAt(<LlmConnectionsPage />, { ...place, boot: bootOf(["llmApiKeys:read"]) });
  expect(await screen.findByText("...abcd")).toBeTruthy();
  expect(screen.queryAllByRole("button")).toEqual([]);
});

test("without the right to read the page says so and asks for nothing", async () => {
  await renderAt(<LlmConnectionsPage />, { ...place, boot: bootOf([]) });
  expect((await screen.findByRole("alert")).textContent).toMatch(/Your role does not allow this/);
});

test("a new one needs a name and a secret, and no name twice", async () => {
  const user = userEvent.setup({ delay: null });
  const all = (["read", "create", "update", "delete"] as const).map((each) => `llmApiKeys:${each}` as const);
  await renderAt(<LlmConnectionsPage />, { ...place, boot: bootOf(all) });
  await user.click(await screen.findByRole("button", { name: "New connection" }));
  const dialog = within(await screen.findByRole("dialog"));
  await user.type(dialog.getByRole("textbox", { name: "Name" }), "ours");
  await user.click(dialog.getByRole("button", { name: "Add connection" }));
  expect(dialog.getByText(/There is a connection of this name/)).toBeTruthy();
  expect(dialog.getByText("Enter the secret")).toBeTruthy();
  expect(sent).toEqual([]);
  await user.type(dialog.getByRole("textbox", { name: "Name" }), "-2");
  await user.type(dialog.getByLabelText("Secret key"), "sk-1");
  await user.click(dialog.getByRole("button", { name: "Add connection" }));
  await waitFor(() => expect(sent).toHaveLength(1));
  expect(sent).toEqual([
    {
      method: "PUT",
      body: {
        provider: "ours-2",
        adapter: "openai",
        secretKey: "sk-1",
        customModels: [],
        withDefaultModels: true,
      },
    },
  ]);
});

const answers: Record<string, unknown>[] = [];

async function openTest(permissions: Parameters<typeof bootOf>[0]) {
  const asked: Request[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    if (request.method === "GET") return Response.json({ data: [ROW], meta: { totalPages: 1 } });
    asked.push(request);
    return Response.json(answers.shift());
  });
  const user = userEvent.setup({ delay: null });
  await renderAt(<LlmConnectionsPage />, { ...place, boot: bootOf(permissions) });
  await user.click(await screen.findByRole("button", { name: "Actions for ours" }));
  await user.click(await screen.findByRole("menuitem", { name: "Test call" }));
  return { user, asked, dialog: within(await screen.findByRole("dialog", { name: "Test ours" })) };
}

test("a test call shows the answer, and the next time the provider's own words", async () => {
  const { user, asked, dialog } = await openTest(["llmApiKeys:read", "llmApiKeys:update"]);
  const model = dialog.getByRole("textbox", { name: "Model" }) as HTMLInputElement;
  expect(model.value).toBe("llama-3");
  answers.push({ ok: true, model: "llama-3", status: 200, answer: "OK", error: null, latencyMs: 412 });
  await user.click(dialog.getByRole("button", { name: "Call" }));
  expect((await dialog.findByRole("status", { name: "Result" })).textContent).toMatch(
    /It works.*status 200.*412.*OK/,
  );
  const failed = { ok: false, model: "gpt", status: 401, answer: null, latencyMs: 90 };
  answers.push({ ...failed, error: '{"error": "Incorrect API key"}' });
  await user.clear(model);
  await user.click(dialog.getByRole("button", { name: "Call again" }));
  expect((await dialog.findByRole("alert", { name: "Result" })).textContent).toMatch(
    /It failed.*status 401.*\{"error": "Incorrect API key"\}/,
  );
  expect(asked.map(({ url }) => new URL(url).pathname)).toEqual(
    Array(2).fill("/api/public/spyglass/llm-connections/c1/test"),
  );
  expect(await Promise.all(asked.map((request) => request.json()))).toEqual([
    { model: "llama-3" },
    { model: null },
  ]);
});
