import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { createMemoryHistory, createRootRoute, createRouter, RouterProvider } from "@tanstack/react-router";
import { configure, render, screen, waitFor, within } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { makeBooks, type View } from "@/kit/board";
import { fieldSet } from "@/kit/query-language";
import { Cards } from "./cards";

// jsdom has no canvas.
vi.mock("@/kit/chart/plot", () => ({ makePlot: () => ({ resize() {}, destroy() {} }) }));

vi.setConfig({ testTimeout: 30_000 });
configure({ asyncUtilTimeout: 10_000 });

const DAY = 86_400_000;
const FROM = Date.UTC(2026, 0, 2);
const FIELDS = { traces: fieldSet([]), observations: fieldSet([]) };

const view: View = {
  projectId: "p1",
  scope: { from: FROM, to: FROM + DAY, zone: "UTC" },
  before: { from: FROM - DAY, to: FROM, zone: "UTC" },
  over: "hour",
  now: FROM + DAY,
  place: { projectId: "p1", query: [], range: "24h" },
  books: makeBooks(),
};

type Asked = {
  view: string;
  metrics: { measure: string }[];
  dimensions: { field: string }[];
  fromTimestamp: string;
};

/** The server: rows for a question, or a status. */
function serve(answer: (asked: Asked) => object[] | number): void {
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const asked = url.searchParams.get("query");
    const found = asked ? answer(JSON.parse(asked) as Asked) : [];
    if (typeof found === "number")
      return new Response(JSON.stringify({ message: "Out of memory" }), { status: found });
    return Response.json(asked ? { data: found, meta: { truncated: false } } : { rows: [], cursor: null });
  });
}

async function show(): Promise<void> {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const page = () => <Cards view={view} fields={FIELDS} isReady={false} onChange={() => {}} />;
  const history = createMemoryHistory({ initialEntries: ["/"] });
  const router = createRouter({ routeTree: createRootRoute({ component: page }), history });
  render(
    <QueryClientProvider client={queries}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  await waitFor(() => expect(document.querySelector("section")).toBeTruthy());
}

const TOTALS = {
  count_count: 10,
  avg_errorRate: 0.5,
  p50_latency: 1240,
  p95_latency: 9000,
  sum_totalCost: 2,
  uniq_uniqueUserIds: 3,
};
const isModels = (asked: Asked) =>
  asked.dimensions[0]?.field === "providedModelName" && asked.metrics.length > 1;
const isTotals = (asked: Asked) => asked.view === "traces" && asked.metrics.length === 8;

afterEach(() => vi.unstubAllGlobals());

it("shows numbers with what they were before, each a link to its rows", async () => {
  serve((asked) => {
    if (!isTotals(asked)) return [];
    return [
      asked.fromTimestamp.startsWith("2026-01-02")
        ? TOTALS
        : { ...TOTALS, count_count: 8, avg_errorRate: 0.4 },
    ];
  });
  await show();
  const rate = await screen.findByRole("link", { name: /Error rate\s*50.0%\s*\+25%\s*\(worse\)/ });
  expect(rate.getAttribute("href")).toBe("/project/p1/traces?q=level:ERROR&range=24h");
  expect(screen.getByRole("link", { name: /^Traces\s*10\s*\+25%/ }).getAttribute("href")).toBe(
    "/project/p1/traces?range=24h",
  );
});

it("shows a self-hosted model at $0 as $0, an unknown price as unknown, and says why a sum differs", async () => {
  const model = { count_count: 1, p50_latency: 5 };
  serve((asked) => {
    if (isTotals(asked)) return [TOTALS];
    if (!isModels(asked)) return [];
    return [
      { ...model, providedModelName: "gpt-4o", sum_totalCost: 3 },
      { ...model, providedModelName: "llama", sum_totalCost: 0 },
      { ...model, providedModelName: "secret", sum_totalCost: null },
    ];
  });
  await show();
  const table = await screen.findByRole("region", { name: "Models by cost" });
  const costs = within(table)
    .getAllByRole("row")
    .slice(1)
    .map((row) => within(row).getAllByRole("cell")[4]?.textContent);
  expect(costs).toEqual(["$3.00", "$0", "\u2013"]);
  expect(within(table).getByRole("link", { name: "llama" }).getAttribute("href")).toBe(
    "/project/p1/observations?q=model:llama&range=24h",
  );
  expect(screen.getAllByText(/Observations add up to \$3.00/).length).toBeGreaterThan(0);
});

it("lets a card fail alone", async () => {
  serve((asked) => (isModels(asked) ? 500 : isTotals(asked) ? [TOTALS] : []));
  await show();
  const alert = await screen.findByRole("alert");
  expect(alert.textContent).toContain("Out of memory");
  expect(alert.closest("section")?.textContent).toContain("Models by cost");
  expect(within(alert).getByRole("button", { name: "Retry" })).toBeTruthy();
  expect(await screen.findByRole("link", { name: /^Traces\s*10/ })).toBeTruthy();
  await waitFor(() => expect(screen.getAllByRole("alert")).toHaveLength(1));
});

it("says that there is nothing, once", async () => {
  serve((asked) => (isTotals(asked) ? [{ count_count: 0 }] : []));
  await show();
  expect(await screen.findByText("No traces in this range")).toBeTruthy();
  expect(screen.getByRole("link", { name: "Send a trace" })).toBeTruthy();
  expect(screen.queryAllByRole("figure")).toEqual([]);
});
