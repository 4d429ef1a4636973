// A connection to a provider of models while it is being written, and the request that it becomes.
import type { Schema } from "@/api";

export const ADAPTERS = {
  openai: { label: "OpenAI, or compatible", base: "https://api.openai.com/v1" },
  anthropic: { label: "Anthropic", base: "https://api.anthropic.com" },
  azure: { label: "Azure OpenAI", base: "https://<resource>.openai.azure.com/openai/deployments" },
  bedrock: { label: "Amazon Bedrock", base: "" },
  "google-vertex-ai": { label: "Google Vertex AI", base: "" },
  "google-ai-studio": { label: "Google AI Studio", base: "" },
} as const;
export type Adapter = keyof typeof ADAPTERS;

/** As the server gives it: without the secret and without the values of the headers. */
export type Connection = Schema<"LlmConnectionOut">;

export interface Draft {
  provider: string;
  adapter: Adapter;
  /** The credentials that the server itself finds where it runs (Bedrock, Vertex). */
  serverCredentials: boolean;
  secretKey: string;
  /** Bedrock has a pair. */
  accessKeyId: string;
  baseURL: string;
  /** Region (Bedrock) or location (Vertex). */
  place: string;
  useResponsesApi: boolean;
  /** One on each line. */
  models: string;
  withDefaultModels: boolean;
  /** "Name: value", one on each line. */
  headers: string;
}

export type Errors = Partial<Record<keyof Draft, string>>;

export const NEW: Draft = {
  provider: "",
  adapter: "openai",
  serverCredentials: false,
  secretKey: "",
  accessKeyId: "",
  baseURL: "",
  place: "",
  useResponsesApi: false,
  models: "",
  withDefaultModels: true,
  headers: "",
};

// What the API has for "no secret: your own credentials".
const SERVER_CREDENTIALS: Partial<Record<Adapter, string>> = {
  bedrock: "__BEDROCK_DEFAULT_CREDENTIALS__",
  "google-vertex-ai": "__VERTEXAI_DEFAULT_CREDENTIALS__",
};
const SERVER_CREDENTIALS_SHOWN = /^Default /;

/** Signing for Bedrock and Vertex happens where the models are called, not here. */
export const hasTestCall = (adapter: string): boolean =>
  adapter !== "bedrock" && adapter !== "google-vertex-ai";

export const mayUseServerCredentials = (adapter: Adapter): boolean => adapter in SERVER_CREDENTIALS;

const isAdapter = (name: string): name is Adapter => name in ADAPTERS;
export const adapterLabel = (name: string): string => (isAdapter(name) ? ADAPTERS[name].label : name);

/** What is known of a connection; secrets have to be entered anew. */
export function draftOf(row: Connection): Draft {
  const place = row.config?.region ?? row.config?.location;
  return {
    ...NEW,
    provider: row.provider,
    adapter: isAdapter(row.adapter) ? row.adapter : "openai",
    serverCredentials: SERVER_CREDENTIALS_SHOWN.test(row.displaySecretKey),
    baseURL: row.baseURL ?? "",
    place: typeof place === "string" ? place : "",
    useResponsesApi: row.config?.useResponsesApi === true,
    models: row.customModels.join("\n"),
    withDefaultModels: row.withDefaultModels,
    headers: row.extraHeaderKeys.map((name) => `${name}: `).join("\n"),
  };
}

export const linesOf = (text: string): string[] =>
  text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");

function headersOf(text: string): [string, string][] {
  return linesOf(text).map((line) => {
    const at = line.indexOf(":");
    return at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
  });
}

/** What is missing or wrong, by field. `taken`: names of other connections. */
export function checkConnection(draft: Draft, taken: readonly string[] = []): Errors {
  const found: Errors = {};
  const provider = draft.provider.trim();
  if (provider === "") found.provider = "Enter a name";
  else if (taken.includes(provider)) found.provider = "There is a connection of this name; edit that one";
  if (!usesServerCredentials(draft)) {
    if (draft.secretKey.trim() === "") found.secretKey = "Enter the secret";
    if (draft.adapter === "bedrock" && draft.accessKeyId.trim() === "")
      found.accessKeyId = "Enter the id of the access key";
  }
  if (draft.adapter === "bedrock" && draft.place.trim() === "") found.place = "Enter a region";
  if (draft.adapter === "azure" && draft.baseURL.trim() === "")
    found.baseURL = "Enter the address of your resource";
  const empty = headersOf(draft.headers).find(([name, value]) => name === "" || value === "");
  if (empty) found.headers = empty[0] === "" ? "A line has no name" : `Enter the value of ${empty[0]}`;
  if (!draft.withDefaultModels && linesOf(draft.models).length === 0)
    found.models = "Enter a model, or allow those of the provider";
  return found;
}

export const usesServerCredentials = ({ adapter, serverCredentials }: Draft): boolean =>
  serverCredentials && mayUseServerCredentials(adapter);

function secretOf(draft: Draft): string {
  if (usesServerCredentials(draft)) return SERVER_CREDENTIALS[draft.adapter] ?? "";
  if (draft.adapter !== "bedrock") return draft.secretKey.trim();
  return JSON.stringify({
    accessKeyId: draft.accessKeyId.trim(),
    secretAccessKey: draft.secretKey.trim(),
  });
}

function configOf({ adapter, place, useResponsesApi }: Draft): Record<string, unknown> | undefined {
  if (adapter === "bedrock") return { region: place.trim() };
  if (adapter === "google-vertex-ai" && place.trim() !== "") return { location: place.trim() };
  return adapter === "openai" && useResponsesApi ? { useResponsesApi: true } : undefined;
}

const FIELDS: Record<string, keyof Draft> = {
  provider: "provider",
  secretKey: "secretKey",
  baseURL: "baseURL",
  customModels: "models",
  extraHeaders: "headers",
  config: "place",
};

/** The field that the server complains about, from "baseURL: The host …"; empty where none is named. */
export function errorsOf(message: string): Errors {
  const [, name = "", text = ""] = /^([A-Za-z]+)[^:\s]*: (.+)$/s.exec(message) ?? [];
  const field = FIELDS[name];
  return field ? { [field]: text } : {};
}

/** The request body: the whole connection, since the server takes over nothing of an older one. */
export function toBody(draft: Draft): Schema<"UpsertLlmConnectionRequest"> {
  const headers = headersOf(draft.headers);
  const config = configOf(draft);
  return {
    provider: draft.provider.trim(),
    adapter: draft.adapter,
    secretKey: secretOf(draft),
    customModels: linesOf(draft.models),
    withDefaultModels: draft.withDefaultModels,
    ...(draft.baseURL.trim() && { baseURL: draft.baseURL.trim() }),
    ...(headers.length > 0 && { extraHeaders: Object.fromEntries(headers) }),
    ...(config && { config }),
  };
}
