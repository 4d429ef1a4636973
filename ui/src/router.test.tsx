import { QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, RouterProvider } from "@tanstack/react-router";
import { act, cleanup, configure, render, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Boot, makeQueryClient } from "@/api";
import { markUnsaved } from "@/design";
import { bootOf } from "../tests/render";
import { makeRouter } from "./router";
import { watchSession } from "./shell/session";

// The shell is tested here, not the pages.
vi.mock("./pages", () => {
  const page = async (): Promise<object> => ({ default: () => <h1>A page</h1> });
  const table = (...paths: string[]): [string, typeof page][] => paths.map((path) => [path, page]);
  return {
    OPEN: table("/auth/sign-in"),
    SIGNED_IN: table("/", "/account/preferences"),
    ORGANIZATION: table("/"),
    PROJECT: table(
      "/",
      "/traces",
      "/traces/$traceId",
      "/observations",
      "/settings/general",
      "/settings/keys",
    ),
  };
});

type Answer = unknown | ((url: URL) => unknown);
// Lazy parts are compiled while the test waits.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

let answers: Record<string, Answer> = {};
const asked: string[] = [];

beforeEach(() => {
  localStorage.clear();
  asked.length = 0;
  answers = { "/api/ui/boot": bootOf(["project:read", "apiKeys:read"]) };
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    asked.push(`${request.method} ${url.pathname}${url.search}`);
    const found = answers[url.pathname];
    const body = typeof found === "function" ? (found as (url: URL) => unknown)(url) : found;
    if (body instanceof Error) throw body;
    if (typeof body === "number") return new Response("{}", { status: body });
    return body === undefined
      ? new Response('{"message":"none"}', { status: 404 })
      : new Response(JSON.stringify(body));
  });
  window.scrollTo = () => {};
});
afterEach(() => vi.unstubAllGlobals());

async function openAt(
  path: string,
): Promise<{ address: () => string; user: ReturnType<typeof userEvent.setup> }> {
  const queries = makeQueryClient();
  queries.setDefaultOptions({ queries: { retry: false } });
  const history = createMemoryHistory({ initialEntries: [path] });
  const router = makeRouter(queries, history);
  watchSession(router, queries);
  await act(async () => {
    render(
      <QueryClientProvider client={queries}>
        <RouterProvider router={router} />
      </QueryClientProvider>,
    );
    await router.load();
  });
  return { address: () => history.location.href, user: userEvent.setup() };
}

describe("addresses", () => {
  it("lead to sign-in and keep the way back when nobody is signed in", async () => {
    answers["/api/ui/boot"] = 401;
    const { address } = await openAt("/project/p1/nowhere?q=level:ERROR+a%2Bb");
    await waitFor(() => expect(address()).toMatch(/^\/auth\/sign-in/));
    expect(new URLSearchParams(address().split("?")[1]).get("next")).toBe(
      "/project/p1/nowhere?q=level:ERROR+a%2Bb",
    );
  });
  it("show within the shell that there is nothing", async () => {
    for (const path of [
      "/project/other/traces",
      "/project/p1/nowhere",
      "/nowhere",
      "/organization/o9/settings/general",
    ]) {
      await openAt(path);
      expect(
        await screen.findByRole("heading", { level: 1, name: "Not here, or not yours" }),
        path,
      ).toBeTruthy();
      expect(screen.getByRole("navigation", { name: "Main" }), path).toBeTruthy();
      cleanup();
    }
  });
  it("say it when the server is broken, and try again", async () => {
    answers["/api/ui/boot"] = 500;
    const { user } = await openAt("/project/p1/nowhere");
    expect(await screen.findByRole("heading", { name: "This page could not be shown" })).toBeTruthy();
    answers["/api/ui/boot"] = bootOf(["project:read"]);
    await user.click(screen.getByRole("button", { name: "Retry" }));
    expect(await screen.findByRole("heading", { name: "Not here, or not yours" })).toBeTruthy();
  });
  it("find the project of a trace, whatever its id is", async () => {
    answers["/api/ui/trace-project"] = (url: URL) =>
      url.searchParams.get("id") === "a/b%2F 9e12" ? { projectId: "p1" } : undefined;
    const { address } = await openAt("/trace/a%2Fb%252F%209e12?observation=007");
    await waitFor(() => expect(address()).toBe("/project/p1/traces/a%2Fb%252F%209e12?observation=007"));
  });
  it("go to the last project with ~", async () => {
    const boot: Boot = bootOf(["project:read"]);
    const [first] = boot.organizations[0]!.projects;
    boot.organizations[0]!.projects = [{ ...first!, id: "p0" }, first!];
    answers["/api/ui/boot"] = boot;
    localStorage.setItem("spyglass.recent-projects", '["gone","p1"]');
    const { address } = await openAt("/project/~/nowhere/x%2Fy?q=a");
    await waitFor(() => expect(address()).toBe("/project/p1/nowhere/x%2Fy?q=a"));
  });
  it("lead from a folder to its first page that the role may see", async () => {
    const { address } = await openAt("/project/p1/settings");
    await waitFor(() => expect(address()).toBe("/project/p1/settings/general"));
  });
});

describe("the shell by keyboard", () => {
  it("begins with a skip link into the content", async () => {
    const { user } = await openAt("/project/p1/nowhere");
    await screen.findByRole("heading", { level: 1 });
    await user.tab();
    expect(document.activeElement?.textContent).toBe("Skip to content");
    await user.keyboard("{Enter}");
    expect(document.activeElement).toBe(screen.getByRole("main"));
  });
  it("shows only what the role may use and marks where one is", async () => {
    await openAt("/project/p1/traces/nowhere/else");
    const nav = await screen.findByRole("navigation", { name: "Main" });
    expect(nav.querySelector("[aria-current=page]")?.textContent).toBe("Traces");
    cleanup();
    answers["/api/ui/boot"] = bootOf([]);
    await openAt("/project/p1/nowhere");
    await screen.findByRole("heading", { level: 1 });
    expect(screen.queryByRole("link", { name: "Traces" })).toBeNull();
  });
  it("goes to places, finds them in the palette, and lists exactly the registry in the sheet", async () => {
    const { address, user } = await openAt("/project/p1/nowhere");
    await screen.findByRole("heading", { level: 1 });
    await user.keyboard("go");
    await waitFor(() => expect(address()).toBe("/project/p1/observations"));

    await user.keyboard("{Control>}k{/Control}");
    const box = await screen.findByRole("combobox", { name: /Go to/ });
    await user.type(box, "api k");
    expect((await screen.findAllByRole("option"))[0]!.textContent).toContain("Settings: API keys");
    expect(screen.queryByRole("option", { name: /Members/ })).toBeNull();
    await user.keyboard("{Enter}");
    await waitFor(() => expect(address()).toBe("/project/p1/settings/keys"));

    await user.keyboard("?");
    const sheet = await screen.findByRole("dialog", { name: "Keyboard shortcuts" });
    expect(sheet.textContent).toContain("Observations");
    await user.keyboard("{Escape}");
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });
  it("resolves a pasted id and jumps to it", async () => {
    answers["/api/ui/resolve"] = (url: URL) => ({
      matches: [
        {
          kind: "trace",
          projectId: "p1",
          projectName: "Shop",
          id: url.searchParams.get("text"),
          path: "/project/p1/nowhere/0012",
        },
      ],
    });
    const { address, user } = await openAt("/project/p1/nowhere");
    await screen.findByRole("heading", { level: 1 });
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: /Go to/ }), "0012345678901234");
    await screen.findByRole("option", { name: /trace in Shop/ });
    await user.keyboard("{Enter}");
    await waitFor(() => expect(address()).toBe("/project/p1/nowhere/0012"));
    expect(asked.filter((line) => line.includes("resolve"))).toEqual([
      "GET /api/ui/resolve?text=0012345678901234",
    ]);
  });
  it("asks before a form with changes is left", async () => {
    const { address, user } = await openAt("/project/p1/nowhere");
    await screen.findByRole("heading", { level: 1 });
    const saved = markUnsaved("Project name");
    await user.keyboard("gt");
    expect((await screen.findByRole("alertdialog")).textContent).toContain(
      "Changes in Project name are not saved.",
    );
    await user.click(screen.getByRole("button", { name: "Stay" }));
    expect(address()).toBe("/project/p1/nowhere");
    saved();
    await user.keyboard("gt");
    await waitFor(() => expect(address()).toBe("/project/p1/traces"));
  });
});

describe("the end of a session", () => {
  it("leads to sign-in and back here", async () => {
    const { address, user } = await openAt("/project/p1/nowhere?q=a");
    await screen.findByRole("heading", { level: 1 });
    answers["/api/ui/resolve"] = 401;
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: /Go to/ }), "0012345678901234");
    await waitFor(() => expect(address()).toMatch(/^\/auth\/sign-in\?next=\/project\/p1\/nowhere%3Fq%3Da$/));
  });
  it("says that the server does not answer, and goes on by itself", async () => {
    const { user } = await openAt("/project/p1/nowhere");
    await screen.findByRole("heading", { level: 1 });
    answers["/api/ui/resolve"] = new TypeError("Failed to fetch");
    await user.keyboard("{Control>}k{/Control}");
    await user.type(await screen.findByRole("combobox", { name: /Go to/ }), "0012345678901234");
    expect(await screen.findByText(/The server does not answer/)).toBeTruthy();
    answers["/api/public/health"] = { status: "OK" };
    answers["/api/ui/resolve"] = { matches: [] };
    await waitFor(() => expect(screen.queryByText(/The server does not answer/)).toBeNull(), {});
  });
});
