// Pieces without a tag, told apart by their keys: Gemini, Bedrock and others.
import type { Part } from "../types";
import { compact, isRecord, isText, Reader } from "./fields";
import { findMedia } from "./media";
import { keepRest, within, type PartReader } from "./context";
import { readCall, readResult, resultContent, uiTool } from "./tool-parts";
import { textReaders } from "./texts";

type Kind = "image" | "audio" | "video" | "file";

/** The reader is given the object under the key. */
const under =
  (key: string, read: PartReader): PartReader =>
  (fields, context) => {
    const held = fields.record(key);
    if (!held) return null;
    const inner = new Reader(held);
    const at = within(context, `.${key}`);
    const parts = read(inner, at);
    if (parts) keepRest(inner, at);
    return parts;
  };

const call: PartReader = (fields, context) => {
  const found = readCall(fields, context);
  return found ? [found] : null;
};
const result: PartReader = (fields, context) => [readResult(fields, context)];
const media =
  (kind: Kind): PartReader =>
  (fields, context) => {
    const part = findMedia(fields, kind, context);
    return part ? [part] : null;
  };

/** Gemini: what a function gave is an object, often with the one key `result` or `output`. */
const functionResponse: PartReader = (fields, context) => {
  const response = fields.get("response");
  const only =
    isRecord(response) && Object.keys(response).length === 1 ? Object.entries(response)[0] : undefined;
  const isPlain = only && ["result", "output", "content", "error"].includes(only[0]);
  return [
    compact({
      type: "tool_result" as const,
      id: fields.text("id", "callId"),
      name: fields.text("name"),
      content: resultContent(isPlain ? only[1] : response, within(context, ".response")),
      error: only?.[0] === "error" ? (true as const) : undefined,
    }),
  ];
};

const executableCode: PartReader = (fields) => {
  const id = fields.text("id");
  const args = compact({ language: fields.text("language"), code: fields.text("code") });
  return [compact({ type: "tool_call" as const, id, name: "code_execution", args })];
};

const codeResult: PartReader = (fields) => {
  const isError = isText(fields.value["outcome"]) && fields.value["outcome"] !== "OUTCOME_OK";
  const output = fields.text("output");
  const content: Part[] = output === undefined ? [] : [{ type: "text", text: output }];
  if (isError) content.unshift({ type: "text", text: fields.text("outcome") ?? "" });
  const error = isError ? (true as const) : undefined;
  return [
    compact({ type: "tool_result" as const, id: fields.text("id"), name: "code_execution", content, error }),
  ];
};

const bedrockReasoning: PartReader = (fields, context) => {
  const text = fields.record("reasoningText");
  if (!text) return fields.has("redactedContent") ? [{ type: "reasoning", text: "", redacted: true }] : null;
  const inner = new Reader(text);
  const found = inner.text("text") ?? "";
  keepRest(inner, within(context, ".reasoningText"));
  return [{ type: "reasoning", text: found }];
};

const bedrockCitations: PartReader = (fields, context) => {
  const parts = context.read(fields.get("content"), within(context, ".content"));
  const list = fields.get("citations");
  const cited = Array.isArray(list) ? list : [];
  return [
    ...parts,
    ...cited.map((item: unknown): Part => {
      const source =
        isRecord(item) && Array.isArray(item["sourceContent"]) ? (item["sourceContent"] as unknown[]) : [];
      const texts = source.map((piece) => (isRecord(piece) && isText(piece["text"]) ? piece["text"] : ""));
      const rest = isRecord(item) ? new Reader(item).drop("title", "sourceContent").rest() : { value: item };
      for (const [key, value] of Object.entries(rest))
        context.rest[`${context.path}.citations.${key}`] = value;
      const title = isRecord(item) && isText(item["title"]) ? item["title"] : undefined;
      return compact({ type: "citation" as const, title, text: texts.join("\n") || undefined });
    }),
  ];
};

const guard: PartReader = under("guardContent", (fields, context) => {
  const text = fields.get("text");
  return context.read(isRecord(text) ? [text] : text, within(context, ".text"));
});

const json: PartReader = (fields) => [{ type: "json", value: fields.get("json") }];

/** OpenInference puts every piece into an object of its own. */
const messageContent: PartReader = (fields, context) =>
  context.read(fields.get("message_content"), within(context, ".message_content"));

const BY_KEY: [string, PartReader][] = [
  ["message_content", messageContent],
  ["functionCall", under("functionCall", call)],
  ["function_call", under("function_call", call)],
  ["functionResponse", under("functionResponse", functionResponse)],
  ["function_response", under("function_response", functionResponse)],
  ["executableCode", under("executableCode", executableCode)],
  ["executable_code", under("executable_code", executableCode)],
  ["codeExecutionResult", under("codeExecutionResult", codeResult)],
  ["code_execution_result", under("code_execution_result", codeResult)],
  ["inlineData", media("file")],
  ["inline_data", media("file")],
  ["fileData", media("file")],
  ["file_data", media("file")],
  ["toolUse", under("toolUse", call)],
  ["toolResult", under("toolResult", result)],
  ["reasoningContent", under("reasoningContent", bedrockReasoning)],
  ["citationsContent", under("citationsContent", bedrockCitations)],
  ["guardContent", guard],
  ["cachePoint", () => []],
  ["image_url", media("image")],
  ["image", media("image")],
  ["document", under("document", media("file"))],
  ["video", media("video")],
  ["audio", media("audio")],
  ["json", json],
  ["tool_call", under("tool_call", call)],
  ["function", call],
  ["reasoning", textReaders["reasoning"] as PartReader],
  ["refusal", textReaders["refusal"] as PartReader],
];

export function partWithoutTag(fields: Reader): PartReader | null {
  const tag = fields.value["type"];
  if (isText(tag) && tag.startsWith("tool-") && fields.has("toolCallId")) return uiTool(tag.slice(5));
  const found = BY_KEY.find(([key]) => fields.has(key));
  if (found) return found[1];
  if (tag === undefined && (isText(fields.value["text"]) || isText(fields.value["Text"]))) {
    return textReaders["text"] as PartReader;
  }
  return null;
}
