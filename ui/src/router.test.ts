import { createMemoryHistory, createRootRoute, createRoute, createRouter } from "@tanstack/react-router";
import { describe, expect, it } from "vitest";
import { parseSearch, paths, stringifySearch } from "@/kit/url";

describe("ids in paths", () => {
  it("arrive exactly, whatever they are", async () => {
    const root = createRootRoute();
    const page = createRoute({ getParentRoute: () => root, path: "/project/$projectId/traces/$traceId" });
    const ids = [
      "a/b",
      "a%2Fb",
      "\u00fc",
      "%",
      "%25",
      "a b",
      "a+b",
      "?x",
      "#x",
      "9e12345678901234",
      "0012345678901234",
      "true",
      "null",
      "$x",
      "a&b=c",
      "a\\b",
      "@x:y;z",
      "[]{}|^`<>\"'",
      "\u{1f600}",
      "e\u0301",
      "~",
      "-",
      "a.b",
      "%zz",
    ];
    for (const basepath of ["/", "/llm"]) {
      for (const id of ids) {
        const href = (basepath === "/" ? "" : basepath) + paths.trace("p", id, { q: id });
        const history = createMemoryHistory({ initialEntries: [href] });
        const router = createRouter({
          routeTree: root.addChildren([page]),
          history,
          basepath,
          parseSearch,
          stringifySearch,
        });
        await router.load();
        const params = router.state.matches.at(-1)?.params as { traceId?: string } | undefined;
        expect(params?.traceId, href).toBe(id);
        expect(router.state.location.search, href).toEqual({ q: id });
        expect(parseSearch(history.location.search).q, href).toBe(id);
      }
    }
  });
});
