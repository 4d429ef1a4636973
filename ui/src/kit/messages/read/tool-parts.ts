// Calls of tools and their results, as parts of a message.
import type { Part, ToolCallPart, ToolResultPart } from "../types";
import { compact, decode, isEmpty, isText, Reader } from "./fields";
import { keepRest, readText, within, type PartContext, type PartReader } from "./context";

const CALL_IDS = [
  "call_id",
  "callId",
  "tool_call_id",
  "toolCallId",
  "toolUseId",
  "tool_use_id",
  "CallId",
  "Id",
  "id",
];
const NAMES = ["name", "toolName", "tool_name", "FunctionName", "Name"];
const ARGUMENTS = ["arguments", "args", "input", "parameters", "tool_kwargs", "Arguments", "action"];

/** Arguments for display: JSON in a string is parsed, an empty string is no arguments. */
export const argumentsOf = (value: unknown): unknown =>
  value === "" || value === undefined ? {} : decode(value);

/** A call in any spelling; `function` holds name and arguments where OpenAI's chat format is followed. */
export function readCall(fields: Reader, context: PartContext): ToolCallPart | null {
  const nested = fields.record("function", "custom");
  const inner = nested ? new Reader(nested) : fields;
  const id = fields.text(...CALL_IDS);
  const plugin = inner.text("PluginName", "server_label", "server_name");
  const name = inner.text(...NAMES);
  const args = argumentsOf(inner.get(...ARGUMENTS));
  if (nested) keepRest(inner, within(context, nested === fields.value["function"] ? ".function" : ".custom"));
  if (name === undefined) return null;
  return compact({ type: "tool_call" as const, id, name: plugin ? `${plugin}.${name}` : name, args });
}

const call: PartReader = (fields, context) => {
  const found = readCall(fields, context);
  return found ? [found] : null;
};

/** A result: text, pieces, or a value. */
export function resultContent(value: unknown, context: PartContext): Part[] {
  if (value === null || value === undefined) return [];
  if (isText(value)) {
    const held = decode(value);
    return isText(held) ? readText(value) : resultContent(held, within(context, ""));
  }
  const isContent = Array.isArray(value)
    ? value.length > 0 && value.every(context.isPiece)
    : context.isPiece(value);
  if (isContent) return context.read(value, context);
  return isEmpty(value) ? [] : [{ type: "json", value }];
}

const CONTENTS = ["content", "output", "result", "response", "Result", "tool_result", "blocks"];

export function readResult(fields: Reader, context: PartContext): ToolResultPart {
  const id = fields.text("tool_use_id", ...CALL_IDS);
  const name = fields.text(...NAMES);
  const failed = fields.text("error", "exception");
  const status = fields.value["status"];
  const isError =
    ["is_error", "isError", "error"].some((key) => fields.value[key] === true) || status === "error";
  const content = resultContent(fields.get(...CONTENTS), within(context, ".content"));
  fields.drop("is_error", "isError", ...(status === "error" || status === "success" ? ["status"] : []));
  if (fields.value["error"] === true) fields.drop("error");
  if (failed !== undefined) content.push(...readText(failed));
  return compact({
    type: "tool_result" as const,
    id,
    name,
    content,
    error: isError || failed !== undefined ? (true as const) : undefined,
  });
}

const result: PartReader = (fields, context) => {
  const output = fields.record("output");
  if (!output || !isText(output["type"]) || !("value" in output)) return [readResult(fields, context)];
  return [vercelResult(fields, output, context)]; // Vercel AI SDK 5: {output: {type: "json", value}}
};

function vercelResult(fields: Reader, output: Record<string, unknown>, context: PartContext): ToolResultPart {
  const inner = new Reader(output);
  const kind = inner.text("type") as string;
  const content = resultContent(inner.get("value"), within(context, ".output.value"));
  keepRest(inner, within(context, ".output"));
  return compact({
    type: "tool_result" as const,
    id: fields.text("toolCallId"),
    name: fields.text("toolName"),
    content,
    error: kind.startsWith("error") ? (true as const) : undefined,
  });
}

/** Tools that the provider runs: the call and what it gave are one item. */
const builtIn =
  (name: string, ...outputs: string[]): PartReader =>
  (fields, context) => {
    const id = fields.text("call_id", "id");
    const args = fields.get("action", "queries", "code", "arguments");
    const server = fields.text("server_label");
    const tool = fields.text("name") ?? name;
    const call: ToolCallPart = compact({
      type: "tool_call" as const,
      id,
      name: server ? `${server}.${tool}` : tool,
      args: fields.value["code"] !== undefined ? { code: args } : argumentsOf(args),
    });
    const failed = fields.text("error");
    const content = outputs.flatMap((key) => resultContent(fields.get(key), within(context, `.${key}`)));
    if (failed !== undefined) content.push({ type: "text", text: failed });
    if (content.length === 0) return [call];
    const error = failed !== undefined ? (true as const) : undefined;
    return [call, compact({ type: "tool_result" as const, id, name: call.name, content, error })];
  };

const drawing: PartReader = (fields) => {
  const id = fields.text("id");
  const prompt = fields.text("revised_prompt", "prompt");
  const picture = fields.text("result");
  const call: ToolCallPart = compact({
    type: "tool_call" as const,
    id,
    name: "image_generation",
    args: prompt === undefined ? {} : { prompt },
  });
  if (!picture) return [call];
  const format = fields.text("output_format") ?? "png";
  const part: Part = readText(picture)[0] as Part;
  const image: Part =
    part.type === "text"
      ? {
          type: "image",
          source: { kind: "data", data: `data:image/${format};base64,${picture}` },
          mime: `image/${format}`,
        }
      : part;
  return [call, compact({ type: "tool_result" as const, id, name: call.name, content: [image] })];
};

/** A person's word on a call that waited for it. */
const approval: PartReader = (fields) => {
  const id = fields.text("approval_request_id", "id");
  const content: Part[] = [{ type: "json", value: { approve: fields.get("approve") } }];
  return [compact({ type: "tool_result" as const, id, content })];
};

/** Parts of the Vercel AI SDK's UI messages: a call with its state and, later, its result. */
export const uiTool =
  (name?: string): PartReader =>
  (outer, context) => {
    const invocation = outer.record("toolInvocation");
    const fields = invocation ? new Reader(invocation) : outer;
    const id = fields.text("toolCallId");
    const tool = name ?? fields.text("toolName");
    if (tool === undefined) return null;
    const call: ToolCallPart = compact({
      type: "tool_call" as const,
      id,
      name: tool,
      args: argumentsOf(fields.get("input", "args")),
    });
    const failed = fields.text("errorText");
    const content = resultContent(fields.get("output", "result"), within(context, ".output"));
    if (failed !== undefined) content.push({ type: "text", text: failed });
    if (invocation) keepRest(fields, within(context, ".toolInvocation"));
    if (content.length === 0) return [call];
    const error = failed !== undefined ? (true as const) : undefined;
    return [call, compact({ type: "tool_result" as const, id, name: tool, content, error })];
  };

export const toolReaders: Record<string, PartReader> = {
  function: call,
  function_call: call,
  custom: call,
  custom_tool_call: call,
  tool_use: call,
  server_tool_use: call,
  mcp_tool_use: call,
  mcp_approval_request: call,
  "tool-call": call,
  tool_call: call,
  tool_call_chunk: call,
  invalid_tool_call: call,
  server_tool_call: call,
  functioncall: call,
  functioncallcontent: call,
  function_call_output: result,
  custom_tool_call_output: result,
  computer_call_output: result,
  local_shell_call_output: result,
  shell_call_output: result,
  mcp_approval_response: approval,
  tool_result: result,
  mcp_tool_result: result,
  web_search_tool_result: result,
  web_fetch_tool_result: result,
  code_execution_tool_result: result,
  bash_code_execution_tool_result: result,
  text_editor_code_execution_tool_result: result,
  tool_search_tool_result: result,
  server_tool_result: result,
  "tool-result": result,
  "tool-return": result,
  "builtin-tool-call": call,
  "builtin-tool-return": result,
  "retry-prompt": (fields, context) => [{ ...readResult(fields, context), error: true }],
  tool_call_response: result,
  function_response: result,
  functionresult: result,
  functionresultcontent: result,
  web_search_call: builtIn("web_search", "results"),
  file_search_call: builtIn("file_search", "results"),
  code_interpreter_call: builtIn("code_interpreter", "outputs"),
  computer_call: builtIn("computer"),
  local_shell_call: builtIn("local_shell"),
  shell_call: builtIn("shell", "output"),
  mcp_call: builtIn("mcp", "output"),
  mcp_list_tools: builtIn("mcp_list_tools", "tools"),
  image_generation_call: drawing,
  "tool-invocation": uiTool(),
  "dynamic-tool": uiTool(),
};
