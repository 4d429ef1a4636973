import { describe, expect, it } from "vitest";

import { documentsOf, embeddingOf, tableOf, textsOf, valueOf, verdictOf } from "./shapes";

const stored = (text: string, kind: "json" | "text" = "json") => ({
  text,
  kind,
  length: text.length,
  truncated: false,
});

describe("values of spans", () => {
  it("are parsed when whole and small", () => {
    expect(valueOf(stored('{"a":1}'))).toEqual({ a: 1 });
    expect(valueOf(stored("plain", "text"))).toBe("plain");
    expect(valueOf({ ...stored('{"a":'), truncated: true })).toBeUndefined();
    expect(valueOf(stored("{broken"))).toBeUndefined();
  });

  it("documents of LangChain, LlamaIndex and vector stores", () => {
    const lang = [{ page_content: "Refunds take 5 days", metadata: { source: "faq.md", score: 0.8 } }];
    expect(documentsOf(lang)![0]).toMatchObject({ text: "Refunds take 5 days", title: "faq.md", score: 0.8 });
    const llama = { source_nodes: [{ node: { id_: "n1", text: "abc" }, score: 0.5 }] };
    expect(documentsOf(llama)![0]).toMatchObject({ id: "n1", text: "abc", score: 0.5 });
    expect(documentsOf({ matches: [{ id: 7, score: 0.1, content: "x", lang: "de" }] })![0]).toMatchObject({
      id: "7",
      more: { lang: "de" },
    });
    expect(documentsOf([{ page_content: "a" }, { nothing: 1 }])).toBeNull();
    expect(documentsOf("text")).toBeNull();
  });

  it("tables are flat and narrow", () => {
    expect(tableOf([{ a: 1 }, { a: 2, b: "x" }])).toEqual({
      columns: ["a", "b"],
      rows: [{ a: 1 }, { a: 2, b: "x" }],
    });
    expect(tableOf([{ a: { b: 1 } }, { a: 2 }])).toBeNull();
    expect(tableOf([{ a: 1 }])).toBeNull();
  });

  it("vectors are counted, not shown", () => {
    const vector = [0.1, 0.2, 0.3, 0.4];
    expect(embeddingOf({ data: [{ embedding: vector }, { embedding: vector }] })).toEqual({
      vectors: 2,
      size: 4,
    });
    expect(embeddingOf(vector)).toEqual({ vectors: 1, size: 4 });
    expect(embeddingOf(["a"])).toBeNull();
    expect(textsOf({ input: ["a", "b"] })).toEqual(["a", "b"]);
    expect(textsOf(5)).toBeNull();
  });

  it("verdicts of evaluators and guardrails", () => {
    expect(verdictOf({ score: 0.9, reasoning: "good" })).toEqual({
      label: null,
      score: 0.9,
      passed: null,
      reason: "good",
    });
    expect(verdictOf({ flagged: true, category: "pii" })).toMatchObject({ passed: false, label: "pii" });
    expect(verdictOf({ text: "hello" })).toBeNull();
  });
});
