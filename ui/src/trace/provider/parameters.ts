// The recorded parameters of a model call, under names in snake case, with their types back.
import type { Material } from "./material";

export function readParameters(recorded: unknown): Record<string, unknown> {
  if (typeof recorded !== "object" || recorded === null || Array.isArray(recorded)) return {};
  const found: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(recorded)) {
    if (value === null || value === "") continue;
    found[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)] = typed(value);
  }
  return found;
}

/** SDKs record numbers, flags and lists as text, too. */
function typed(value: unknown): unknown {
  if (typeof value !== "string") return value;
  const isLiteral = /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|[[{].*[\]}])$/s.test(value);
  if (!isLiteral) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/**
 * Those that a provider knows, by its own names: `known` says the recorded name -> the provider's. Only these are sent;
 * what else was recorded (settings of a client, headers, keys) is named as left out.
 */
export function takeParameters(
  { parameters, leftOut }: Material,
  known: Record<string, string>,
): Record<string, unknown> {
  const taken: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(parameters)) {
    const own = known[name];
    if (own === undefined) {
      if (!SILENT.has(name)) leftOut.add(name);
    } else taken[own] = value;
  }
  return taken;
}

/** Of no interest to who repeats the call: the answer comes at once, and the model is there. */
const SILENT = new Set(["stream", "stream_options", "model", "model_name", "model_id"]);

/** Names that stay as they are. */
export const same = (...names: string[]): Record<string, string> =>
  Object.fromEntries(names.map((name) => [name, name]));
