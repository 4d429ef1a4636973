// What a request offers beside its messages: tools, and the schema of the answer.
import type { Fields } from "../types";
import { decode, isRecord, type Reader } from "./fields";
import { without } from "./lists";

const TOOL_KEYS = ["tools", "functions", "toolConfig", "tool_config", "available_tools"];

export function takeTools(fields: Reader): unknown[] {
  const found = TOOL_KEYS.flatMap((key) => {
    const held = decode(fields.value[key]);
    const inner = isRecord(held) && Array.isArray(held["tools"]) ? held["tools"] : held;
    if (Array.isArray(inner)) {
      fields.value = { ...fields.value, [key]: isRecord(held) ? without(held, "tools") : null };
      return inner as unknown[];
    }
    if (!isRecord(held) || key !== "tools" || !Object.values(held).every(isRecord)) return [];
    fields.drop(key);
    return Object.entries(held).map(([name, tool]) => ({ name, ...(tool as Fields) }));
  });
  const parameters = fields.value["config"];
  if (found.length === 0 && isRecord(parameters) && Array.isArray(parameters["tools"])) {
    fields.value = { ...fields.value, config: without(parameters, "tools") };
    return parameters["tools"];
  }
  return found;
}

/** The schema of the answer; what stands beside it (its name, `strict`) stays with the other fields. */
export function takeSchema(fields: Reader): unknown {
  const places = [
    ["response_format", "json_schema"],
    ["text", "format"],
  ] as const;
  for (const [outer, inner] of places) {
    const held = fields.value[outer];
    const described = isRecord(held) ? held[inner] : undefined;
    if (!isRecord(held) || !isRecord(described) || !isRecord(described["schema"])) continue;
    fields.value = { ...fields.value, [outer]: { ...held, [inner]: without(described, "schema") } };
    return described["schema"];
  }
  return undefined;
}
