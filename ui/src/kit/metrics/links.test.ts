import { describe, expect, it } from "vitest";
import { parse } from "@/kit/query-language";
import {
  having,
  is,
  isMissing,
  observationsHref,
  scoresHref,
  tracesHref,
  userHref,
  type Place,
} from "./links";

const place = (q: string): Place => ({ projectId: "p/1", query: parse(q).query, range: "24h" });
const partsOf = (href: string) => {
  const url = new URL(href, "http://x");
  return [url.pathname, url.searchParams.get("q"), url.searchParams.get("range")];
};

describe("links to the rows behind a number", () => {
  it("keep the filter of the page and its range", () => {
    expect(partsOf(tracesHref(place("env:prod"), [is("level", "ERROR")]))).toEqual([
      "/project/p%2F1/traces",
      "env:prod level:ERROR",
      "24h",
    ]);
    expect(partsOf(tracesHref(place(""), []))).toEqual(["/project/p%2F1/traces", null, "24h"]);
  });

  it("take the bounds of a bucket", () => {
    const bounds = { from: Date.UTC(2026, 0, 1), to: Date.UTC(2026, 0, 1, 1) };
    expect(partsOf(tracesHref(place(""), [], bounds))[2]).toBe("2026-01-01T00:00Z~2026-01-01T01:00Z");
  });

  it("quote whatever a name holds, so that it is read back as it was", () => {
    for (const name of ['a "b" (c)', "OR", "=x", "1..2", "*", "a:b", "-x", "ünï"]) {
      const [, q] = partsOf(tracesHref(place(""), [is("name", name)]));
      expect(parse(q ?? "").query).toMatchObject([
        { field: { name: "name" }, value: { kind: "atom", text: name } },
      ]);
    }
  });

  it("say it in the words of observations and scores, else of traces", () => {
    const terms = [is("model", "gpt-4o")];
    expect(
      partsOf(observationsHref(place("name:chat -(user:a OR tags:b)"), terms, terms)).slice(0, 2),
    ).toEqual(["/project/p%2F1/observations", "tracename:chat -(user:a OR tags:b) model:gpt-4o"]);
    for (const q of ["latency:>2s", "metadata.tenant:eu", "refund", "model:x", "constructor:x"]) {
      expect(partsOf(observationsHref(place(q), terms, terms)).slice(0, 2)).toEqual([
        "/project/p%2F1/traces",
        `${q} model:gpt-4o`,
      ]);
    }
    expect(partsOf(scoresHref(place("name:chat"), [is("text", "good")], "quality")).slice(0, 2)).toEqual([
      "/project/p%2F1/scores",
      "tracename:chat name:quality text:good",
    ]);
    expect(partsOf(scoresHref(place("latency:>2s"), [], "answer quality"))[1]).toBe(
      'latency:>2s score."answer quality":*',
    );
  });

  it("say that a value is missing, or at least so large", () => {
    const slow = having("latency", { kind: "compare", op: ">=", text: "120ms" });
    expect(partsOf(tracesHref(place(""), [isMissing("name"), slow]))[1]).toBe("-name:* latency:>=120ms");
  });

  it("lead to a user", () => {
    expect(userHref(place(""), "ann@x/y")).toBe("/project/p%2F1/users/ann%40x%2Fy?range=24h");
  });
});
