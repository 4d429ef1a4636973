// The viewer as a reader with a keyboard meets it: rows, roles, selection, address.
import { QueryClientProvider } from "@tanstack/react-query";
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import { configure, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { makeQueryClient } from "@/api";
import { installShortcuts } from "@/kit/registry";
import { parseSearch, stringifySearch } from "@/kit/url";

import { FLAG, type SkeletonWire } from "./skeleton";
import { TraceView } from "./trace-view";

// Roles are slow to look up in jsdom, and builders are busy.
configure({ asyncUtilTimeout: 10_000 });
vi.setConfig({ testTimeout: 30_000 });

// jsdom has no layout and does not scroll.
Element.prototype.scrollTo ??= () => {};

const STRINGS = ["", "agent", "llm", "search", "SPAN", "GENERATION", "TOOL", "gpt-4o"];
const skeleton: SkeletonWire = {
  traceId: "t",
  n: 4,
  missing: {},
  rollups: [],
  total: 4,
  truncated: false,
  cursor: "9",
  t0: "1700000000000000",
  strings: STRINGS,
  id: ["a", "b", "c", "d"],
  parent: [-1, 0, 1, 0],
  name: [1, 2, 3, 3],
  type: [4, 5, 6, 6],
  level: [1, 1, 3, 1],
  start: [0, 10, 20, 5000],
  duration: [9000, 4000, 1000, 3000],
  ttft: [-1, 500, -1, -1],
  model: [0, 7, 0, 0],
  tokensIn: [0, 10, 0, 0],
  tokensOut: [0, 5, 0, 0],
  tokens: [0, 15, 0, 0],
  cost: [null, 0.25, null, null],
  flags: [0, 0, 0, 0],
  children: [],
};
const none = { text: "", length: 0, truncated: false, kind: "none" };
const head = {
  id: "t", name: "checkout", time: "2023-11-14T22:13:20.000Z", env: "default", user: null, session: null, release: null,
  version: null, tags: ["vip"], level: "ERROR", public: false, bookmarked: false, input: none, output: none, metadata: {},
  latency: 0.009, tokens: null, cost: 0.25, observations: 4, errors: 1, warnings: 0, scores: [], comments: 0,
  running: false, firstStart: null, lastEnd: null,
}; // prettier-ignore
const span = {
  id: "c", traceId: "t", parentId: "b", type: "TOOL", name: "search", level: "ERROR", statusMessage: "it broke",
  startTime: head.time, endTime: null, completionStartTime: null, latency: 1, ttft: null, model: null, modelId: null,
  modelParameters: null, promptName: null, promptVersion: null, promptId: null, usageDetails: {}, costDetails: {},
  usagePricingTier: null, estimated: false, totalCost: null, input: none, output: none, metadata: { tenant: "eu" },
  tools: [], toolCalls: [], environment: "default", version: null, release: null, scores: [], comments: 0,
}; // prettier-ignore

function answer(url: string): unknown {
  if (url.includes("/trace/skeleton")) return skeleton;
  if (url.includes("/trace/find?")) return { ids: ["a"], more: false, unread: 0 };
  if (url.includes("/trace?")) return head;
  if (url.includes("/span?")) return { ...span, id: new URL(url).searchParams.get("id") };
  return {
    user: { id: "u", email: "a@b", name: null, preferences: {} },
    csrf: "x",
    organizations: [],
    features: {},
  };
}

let stop = () => {};
beforeEach(() => {
  stop = installShortcuts();
  vi.stubGlobal("fetch", (request: Request) => Promise.resolve(Response.json(answer(request.url))));
});
afterEach(() => {
  stop();
  vi.unstubAllGlobals();
});

async function open(search = "", role = "tree", name = "Spans") {
  const history = createMemoryHistory({ initialEntries: [`/x${search}`] });
  const root = createRootRoute();
  const page = createRoute({
    getParentRoute: () => root,
    path: "/x",
    component: () => <TraceView source="p" traceId="t" />,
  });
  const router = createRouter({ routeTree: root.addChildren([page]), history, parseSearch, stringifySearch });
  render(
    <QueryClientProvider client={makeQueryClient()}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  const tree = await screen.findByRole(role, { name });
  return { history, tree, user: userEvent.setup() };
}

const selected = (tree: HTMLElement) => within(tree).queryByRole("treeitem", { selected: true });

describe("TraceView", () => {
  it("is a tree with one tab stop, levels, positions and sums", async () => {
    const { tree } = await open();
    expect(tree.tabIndex).toBe(0);
    const items = within(tree).getAllByRole("treeitem");
    const facts = items.map((item) =>
      ["aria-level", "aria-posinset", "aria-setsize", "aria-expanded"]
        .map((name) => item.getAttribute(name))
        .join(),
    );
    expect(facts).toEqual(["1,1,1,true", "2,1,2,true", "3,1,1,", "2,2,2,"]);
    expect(items[0]!.textContent).toContain("$0.25");
    expect(items.every((item) => item.tabIndex === -1)).toBe(true);
    expect(items[2]!.querySelector("[aria-label=Error]")).toBeTruthy();
  });

  it("goes by j and k, folds by arrows, finds errors by e, and writes the address", async () => {
    const { tree, user, history } = await open();
    await user.keyboard("jj");
    await waitFor(() => expect(history.location.search).toBe("?observation=b"));
    await waitFor(() => expect(selected(tree)!.textContent).toContain("llm"));
    expect(tree.getAttribute("aria-activedescendant")).toBe(selected(tree)!.id);
    await user.keyboard("{ArrowLeft}");
    await waitFor(() => expect(history.location.search).toBe("?observation=b&fold=b"));
    await waitFor(() => expect(within(tree).getAllByRole("treeitem")).toHaveLength(3));
    await user.keyboard("e");
    await waitFor(() => expect(history.location.search).toBe("?observation=c"));
    expect(await screen.findByText("it broke")).toBeTruthy();
    await user.keyboard("kkk");
    await waitFor(() => expect(history.location.search).toBe(""));
    await waitFor(() => expect(selected(tree)).toBeNull());
  });

  it("keeps the place of what comes with the body of a span", async () => {
    let give = () => {};
    const held = new Promise<void>((resolve) => (give = resolve));
    const flags = [0, 0, FLAG.scores | FLAG.comments, 0];
    vi.stubGlobal("fetch", async ({ url }: Request) => {
      if (url.includes("/span?")) await held;
      const body = answer(url) as object;
      if (url.includes("/trace/skeleton")) return Response.json({ ...body, flags });
      return Response.json(url.includes("/span?") ? { ...body, comments: 2 } : body);
    });
    await open("?observation=c");
    const tabs = () => screen.getAllByRole("tab").map(({ textContent }) => textContent);
    expect(tabs()).toEqual(["Messages", "Metadata", "Scores\u2007", "Comments\u2007", "Raw"]);
    expect(screen.queryByText("it broke")).toBeNull();
    give();
    // In the panel, which is replaced as a whole: above the tabs it would push them down.
    const said = await screen.findByText("it broke");
    expect(screen.getByRole("tabpanel").contains(said)).toBe(true);
    expect(tabs()).toEqual(["Messages", "Metadata", "Scores", "Comments2", "Raw"]);
  });

  it("says that the head could not be read while the spans are there, and reads it again", async () => {
    let isBroken = true;
    vi.stubGlobal("fetch", ({ url }: Request) => {
      const isHead = url.includes("/trace?");
      return Promise.resolve(
        isHead && isBroken
          ? Response.json({ message: "no such column", error: "InvalidRequest" }, { status: 400 })
          : Response.json(answer(url)),
      );
    });
    const { user } = await open("?observation=b");
    const alert = screen.getByText("The summary of the trace could not be loaded").closest("[role=alert]");
    expect(alert!.textContent).toContain("no such column");
    expect(screen.queryByText("vip")).toBeNull();
    isBroken = false;
    await user.click(within(alert as HTMLElement).getByRole("button", { name: "Retry" }));
    expect(await screen.findByText("vip")).toBeTruthy();
    expect(screen.queryByText("The summary of the trace could not be loaded")).toBeNull();
  });

  it("opens the way to a linked span and restores tab and level from the address", async () => {
    const { tree } = await open("?observation=c&fold=a&tab=metadata&min=DEFAULT");
    await waitFor(() => expect(selected(tree)?.textContent).toContain("search"));
    expect(screen.getByRole("tab", { selected: true }).textContent).toBe("Metadata");
    expect(await screen.findByText("tenant")).toBeTruthy();
  });

  it("finds by name, and in what went in and out, with n and N, and counts", async () => {
    const { tree, user, history } = await open("?find=search");
    expect(await screen.findByText("\u2013/3")).toBeTruthy();
    expect(within(tree).getAllByRole("img", { name: "The text is in its input or output" })).toHaveLength(1);
    for (const [key, id, place] of [
      ["n", "a", "1/3"],
      ["n", "c", "2/3"],
      ["n", "d", "3/3"],
      ["{Shift>}N{/Shift}", "c", "2/3"],
    ] as const) {
      await user.keyboard(key);
      await waitFor(() => expect(history.location.search).toContain(`observation=${id}`));
      expect(await screen.findByText(place)).toBeTruthy();
    }
  });

  it("opens a line of the log in place", async () => {
    const { user } = await openLog();
    await user.keyboard("{ArrowDown}{ArrowRight}");
    const [line] = screen.getAllByRole("row", { expanded: true });
    expect(within(line!).getByText("agent")).toBeTruthy();
    expect(await within(line!).findByRole("region", { name: "Input" })).toBeTruthy();
    await user.keyboard("{ArrowRight}");
    expect(screen.getAllByRole("row", { expanded: true })).toHaveLength(1);
    await user.keyboard("{ArrowLeft}");
    expect(screen.queryAllByRole("row", { expanded: true })).toHaveLength(0);
  });
});

async function openLog() {
  const found = await open("?mode=log", "treegrid", "Spans by time");
  found.tree.focus();
  return found;
}
