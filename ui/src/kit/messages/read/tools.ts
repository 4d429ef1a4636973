// The tools that were offered to the model.
import type { Fields, ToolDefinition } from "../types";
import { compact, decode, isRecord, isText, Reader, unlessEmpty } from "./fields";

const PARAMETERS = [
  "parameters", "input_schema", "inputSchema", "parameters_json_schema", "parametersJsonSchema", "args_schema", "schema",
]; // prettier-ignore

/** Definitions in the spelling of any provider; JSON in strings too. What has no name is given its type for one. */
export function readTools(list: unknown[]): ToolDefinition[] {
  return list.flatMap((item) => {
    const tool = decode(item);
    if (!isRecord(tool)) return isText(tool) ? [{ name: tool }] : [];
    const declarations = tool["functionDeclarations"] ?? tool["function_declarations"];
    if (Array.isArray(declarations)) return readTools(declarations);
    const names = Object.keys(tool);
    if (
      names.length === 1 &&
      isRecord(tool[names[0] as string]) &&
      !["function", "toolSpec"].includes(names[0] as string)
    ) {
      return [compact({ name: names[0] as string, extra: unlessEmpty(tool[names[0] as string] as Fields) })];
    }
    return [readTool(tool)];
  });
}

function readTool(tool: Fields): ToolDefinition {
  const outer = new Reader(tool);
  const body = outer.record("function", "toolSpec", "custom");
  const fields = body ? new Reader(body) : outer;
  const name = fields.text("name", "toolName") ?? outer.text("type", "id") ?? "tool";
  const described = fields.get(...PARAMETERS);
  const parameters =
    isRecord(described) && isRecord(described["json"]) ? described["json"] : decode(described);
  if (tool["type"] === "function" || tool["type"] === "custom") outer.drop("type");
  const description = fields.text("description", "desc");
  const rest = body ? { ...outer.rest(), ...fields.rest() } : outer.rest();
  return compact({ name, description, parameters, extra: unlessEmpty(rest) });
}
