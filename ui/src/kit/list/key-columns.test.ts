import { describe, expect, it } from "vitest";
import { keyColumn } from "./key-columns";

type Row = Record<string, unknown>;
const of = (entity: Parameters<typeof keyColumn>[0], id: string) => keyColumn<Row>(entity, id);

describe("columns of a key", () => {
  it.each([
    ["traces", "metadata.tenant", "Metadata: tenant", ["metadata.tenant"]],
    ["traces", 'metadata."a key"', "Metadata: a key", ["metadata.a key"]],
    ["traces", "metadata.a.b", "Metadata: a.b", ["metadata.a.b"]],
    ["sessions", 'score."answer quality"', "Score: answer quality", ["scores"]],
    ["observations", "usagedetails.input_cached", "Usage: input_cached", ["usagedetails.input_cached"]],
    ["observations", "costdetails.output", "Cost: output", ["costdetails.output"]],
    ["observations", "parameters.top_p", "Parameter: top_p", ["parameters.top_p"]],
  ] as const)("of %s: %s", (entity, id, label, needs) => {
    expect(of(entity, id)).toMatchObject({ id, label, needs, sort: false, hidden: true });
  });

  it.each([
    ["users", "metadata.tenant"],
    ["sessions", "metadata.tenant"],
    ["scores", "score.quality"],
    ["traces", "usagedetails.input"],
    ["traces", "metadata."],
    ["traces", "metadata"],
    ["traces", "constructor.x"],
    ["traces", "metadata.a score.b"],
    ["traces", 'metadata."open'],
    ["traces", ""],
  ] as const)("none of %s: %s", (entity, id) => expect(of(entity, id)).toBeNull());

  it("filter and copy by the key", () => {
    const tenant = of("traces", "metadata.tenant")!;
    expect(tenant.condition?.({ "metadata.tenant": "eu" })).toEqual({
      field: { name: "metadata", key: "tenant" },
      value: { kind: "atom", text: "eu" },
    });
    expect(tenant.condition?.({ "metadata.tenant": null })).toBeNull();
    const quality = of("traces", "score.quality")!;
    const scores = [
      { name: "other", value: 1 },
      { name: "quality", value: 0.5, type: "NUMERIC" },
    ];
    expect(quality.copy?.({ scores })).toBe("0.5");
    expect(quality.copy?.({ scores: [] })).toBeNull();
    expect(of("observations", "usagedetails.input")!.copy?.({ "usagedetails.input": 0 })).toBe("0");
  });
});
