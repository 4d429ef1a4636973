// The shapes of requests and answers, one after the other: each takes its messages out of the object or declines.
import type { Fields, Side } from "../types";
import { isRecord, isText, listOf, type Reader } from "./fields";
import { hasPieces, isItem } from "./items";
import { flatten, said, systemOf, without } from "./lists";
import { isMessage, takeFinish } from "./unwrap";

type Opener = (fields: Reader, side: Side) => unknown[] | null;

const choices: Opener = (fields) => {
  const list = fields.value["choices"];
  if (!Array.isArray(list) || list.length === 0) return null;
  fields.drop("choices");
  return list.map((item) =>
    isRecord(item) && isText(item["text"]) && !("message" in item)
      ? { role: "assistant", content: item["text"], ...without(item, "text") }
      : item,
  );
};

const candidates: Opener = (fields) => {
  const list = listOf(fields.value["candidates"]);
  if (!list || list.length === 0) return null;
  fields.drop("candidates");
  // A blocked answer has a reason and no content.
  return list.map((item) =>
    isRecord(item) && !isMessage(item) ? { role: "model", parts: [], ...item } : item,
  );
};

const generations: Opener = (fields) => {
  const list = listOf(fields.value["generations"]);
  if (!list || !flatten(list).some(isRecord)) return null;
  fields.drop("generations");
  return flatten(list).map((item) =>
    isRecord(item) && isText(item["text"]) && !isRecord(item["message"])
      ? { role: "assistant", content: item["text"], ...without(item, "text") }
      : item,
  );
};

/** Bedrock's `output.message`, the `message` of Ollama and LlamaIndex. */
const oneMessage: Opener = (fields) => {
  const output = fields.value["output"];
  if (isRecord(output) && isRecord(output["message"]) && Object.keys(output).length === 1) {
    fields.drop("output");
    return [{ ...output["message"], stopReason: fields.text("stopReason") }];
  }
  const message = fields.value["message"];
  if (!isRecord(message) || !isMessage(message)) return null;
  fields.drop("message");
  return [
    { ...message, finish_reason: message["finish_reason"] ?? fields.text("done_reason", "finish_reason") },
  ];
};

/** OpenAI Responses: a list of items, most of which are no messages. */
const responseOutput: Opener = (fields) => {
  const list = fields.value["output"];
  if (!Array.isArray(list) || list.length === 0 || !list.some(isItem)) return null;
  fields.drop("output", "output_text");
  const error = fields.record("error");
  return error ? [...list, errorMessage(error)] : list;
};

const contents: Opener = (fields) => {
  const held = said(fields.value["contents"], "user");
  if (!held) return null;
  fields.drop("contents");
  return [...systemOf(fields), ...held];
};

const HISTORIES = [
  "messages",
  "all_messages",
  "chat_history",
  "chatHistory",
  "history",
  "new_messages",
  "lk.chat_ctx",
];

const messages: Opener = (fields, side) => {
  const keys = HISTORIES.filter((key) =>
    said(fields.value[key], "user")?.every((item) => isText(item) || isRecord(item)),
  );
  if (keys.length === 0) return null;
  const lists = keys.map((key) => said(fields.value[key], side === "input" ? "user" : "assistant") ?? []);
  if (lists.every((list) => list.length === 0) && keys.length === 1 && keys[0] !== "messages") return null;
  fields.drop(...keys);
  const system = side === "input" ? systemOf(fields) : [];
  const latest = keys.includes("messages") ? undefined : fields.text(...QUESTIONS);
  return [...system, ...lists.flat(), ...(latest === undefined ? [] : [{ role: "user", content: latest }])];
};

/** `{input, instructions}` of OpenAI Responses; `{system, prompt}` of the Vercel AI SDK. */
const prompted: Opener = (fields, side) => {
  if (side === "output") return null;
  const key = ["input", "prompt", "inputs"].find((candidate) => {
    const value = fields.value[candidate];
    return isText(value) || (Array.isArray(value) && hasPieces(value)) || (isRecord(value) && isItem(value));
  });
  if (key === undefined) return null;
  const value = fields.value[key];
  const list = said(value, "user");
  if (!list) return null;
  fields.drop(key);
  return [...systemOf(fields), ...list];
};

const answered: Opener = (fields, side) => {
  if (side === "input") return null;
  const calls = fields.value["toolCalls"] ?? fields.value["tool_calls"];
  const text = fields.value["text"] ?? fields.value["completion"];
  if (!Array.isArray(calls) || (!isText(text) && calls.length === 0)) return null;
  const message: Fields = {
    role: "assistant",
    content: fields.text("text", "completion"),
    tool_calls: calls,
  };
  const reasoning = fields.get("reasoning", "reasoningText", "reasoning_content");
  fields.drop("toolCalls", "tool_calls");
  const results = fields.value["toolResults"];
  fields.drop(...(Array.isArray(results) ? ["toolResults"] : []));
  const finish = fields.text("finishReason", "finish_reason");
  return [
    { ...message, reasoning, finish_reason: finish },
    ...(Array.isArray(results) && results.length > 0
      ? [
          {
            role: "tool",
            content: results.map((item: unknown) =>
              isRecord(item) ? { type: "tool-result", ...item } : item,
            ),
          },
        ]
      : []),
  ];
};

const QUESTIONS = [
  "prompt",
  "query",
  "question",
  "input",
  "text",
  "query_str",
  "user_input",
  "message",
  "instruction",
  "topic",
];
const ANSWERS = [
  "answer",
  "output",
  "response",
  "result",
  "text",
  "content",
  "completion",
  "output_text",
  "generated_text",
  "reply",
  "message",
  "final_output",
];

/** An object whose only text says what was asked, or answered. */
const loneText: Opener = (fields, side) => {
  const keys = side === "input" ? QUESTIONS : ANSWERS;
  const texts = Object.entries(fields.value).filter(([key, value]) => isText(value) && !ABOUT.test(key));
  const found = keys.filter((key) => isText(fields.value[key]));
  const key = found[0];
  const isClear =
    texts.length === 1 || (found.length === 1 && (fields.has("model") || CLEAR.has(key as string)));
  if (key === undefined || !isClear) return null;
  fields.drop(key);
  const finish = side === "output" ? takeFinish(fields) : undefined;
  return [
    { role: side === "input" ? "user" : "assistant", content: fields.value[key], finish_reason: finish },
  ];
};

/** Texts that are about the call, not said in it. */
const ABOUT =
  /(^|_)(id|model|type|version|status|reason|lang(uage)?|name|created_at|timestamp|object)$|Id$|Reason$/;
/** These mean one thing only, whatever texts stand beside them. */
const CLEAR = new Set(["completion", "generated_text", "output_text", "question", "user_input"]);

const failure: Opener = (fields, side) => {
  const error = fields.value["error"];
  const isFailure = isRecord(error) && (isText(error["message"]) || isText(error["type"]));
  if (side === "input" || (!isFailure && !(isText(error) && Object.keys(fields.value).length <= 3)))
    return null;
  fields.drop("error");
  if (fields.value["type"] === "error") fields.drop("type");
  return [errorMessage(isRecord(error) ? error : { message: error })];
};

const errorMessage = (error: Fields): Fields => ({
  role: "error",
  ...error,
  content: error["message"] ?? error["type"],
  message: undefined,
});

export const OPENERS = [
  choices,
  candidates,
  generations,
  oneMessage,
  responseOutput,
  contents,
  messages,
  answered,
  prompted,
  failure,
  loneText,
];
