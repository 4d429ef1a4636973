import { expect, test } from "vitest";
import { checkConnection, type Connection, draftOf, errorsOf, NEW, toBody } from "./draft";

const ROW: Connection = {
  id: "c1",
  provider: "ours",
  adapter: "openai",
  displaySecretKey: "...abcd",
  baseURL: "http://llm.internal:8000/v1",
  customModels: ["llama-3", "qwen"],
  withDefaultModels: false,
  extraHeaderKeys: ["x-team"],
  config: { useResponsesApi: true },
  createdAt: "2026-01-01T00:00:00.000Z",
  updatedAt: "2026-01-01T00:00:00.000Z",
};

test("a stored connection has to be given its secrets again", () => {
  const draft = draftOf(ROW);
  expect(checkConnection(draft)).toEqual({
    secretKey: "Enter the secret",
    headers: "Enter the value of x-team",
  });
  expect(toBody({ ...draft, secretKey: " sk-1 ", headers: "x-team: a: b" })).toEqual({
    provider: "ours",
    adapter: "openai",
    secretKey: "sk-1",
    baseURL: "http://llm.internal:8000/v1",
    customModels: ["llama-3", "qwen"],
    withDefaultModels: false,
    extraHeaders: { "x-team": "a: b" },
    config: { useResponsesApi: true },
  });
});

test("only what the adapter takes is sent", () => {
  const draft = { ...NEW, provider: "p", secretKey: "s", useResponsesApi: true, place: "eu-west-1" };
  expect(toBody({ ...draft, adapter: "anthropic" as const })).toEqual({
    provider: "p",
    adapter: "anthropic",
    secretKey: "s",
    customModels: [],
    withDefaultModels: true,
  });
  expect(toBody({ ...draft, adapter: "bedrock" as const, accessKeyId: "AK" })).toMatchObject({
    secretKey: '{"accessKeyId":"AK","secretAccessKey":"s"}',
    config: { region: "eu-west-1" },
  });
});

test("the server's complaint is shown at its field", () => {
  expect(errorsOf("baseURL: The host 'x' is not allowed")).toEqual({
    baseURL: "The host 'x' is not allowed",
  });
  expect(errorsOf("customModels[0]: too long: 501")).toEqual({ models: "too long: 501" });
  expect(errorsOf("Not found")).toEqual({});
});

test("the server's own credentials need no secret", () => {
  const draft = { ...NEW, provider: "aws", adapter: "bedrock" as const, serverCredentials: true };
  expect(checkConnection(draft)).toEqual({ place: "Enter a region" });
  expect(toBody({ ...draft, place: "us-east-1" })).toMatchObject({
    secretKey: "__BEDROCK_DEFAULT_CREDENTIALS__",
    config: { region: "us-east-1" },
  });
  expect(draftOf({ ...ROW, adapter: "bedrock", displaySecretKey: "Default AWS credentials" })).toMatchObject({
    serverCredentials: true,
  });
  // Left over from another adapter: this one has no such thing.
  expect(checkConnection({ ...draft, adapter: "openai" as const })).toEqual({
    secretKey: "Enter the secret",
  });
});

test.each([
  [{ provider: "taken" }, { provider: "There is a connection of this name; edit that one" }],
  [{ headers: ": v" }, { headers: "A line has no name" }],
  [{ withDefaultModels: false }, { models: "Enter a model, or allow those of the provider" }],
  [{ adapter: "azure" as const }, { baseURL: "Enter the address of your resource" }],
  [{}, {}],
])("%o", (change, errors) => {
  expect(checkConnection({ ...NEW, provider: "p", secretKey: "s", ...change }, ["taken"])).toEqual(errors);
});
