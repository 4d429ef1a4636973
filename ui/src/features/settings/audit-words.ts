// What the audit log calls things, in words. The list offers the kinds and actions that a server writes; another one in
// the address, or of a newer server, is shown as it is.
const KINDS = [
  "annotationQueue",
  "annotationQueueItem",
  "apiKey",
  "blobStorageIntegration",
  "comment",
  "dataset",
  "datasetItem",
  "datasetRun",
  "invitation",
  "job",
  "llmConnection",
  "model",
  "organization",
  "organizationMembership",
  "project",
  "projectMembership",
  "prompt",
  "promptLabel",
  "promptProtectedLabels",
  "repricing",
  "savedView",
  "scoreConfig",
  "trace",
  "user",
];
const ACTIONS = [
  "create",
  "update",
  "delete",
  "accept",
  "test",
  "erase",
  "finish",
  "enable",
  "disable",
  "changePassword",
  "createResetLink",
];

const ABBREVIATIONS: Record<string, string> = { api: "API", llm: "LLM" };

/** `llmConnection` is "LLM connection". */
export const wordsOf = (name: string): string =>
  name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/^\w+/, (first) => ABBREVIATIONS[first] ?? first);

export interface Choice {
  id: string;
  label: string;
}

function choicesOf(known: readonly string[], chosen: string, all: string): Choice[] {
  const names = chosen === "" || known.includes(chosen) ? known : [...known, chosen];
  return [{ id: "", label: all }, ...names.map((id) => ({ id, label: capital(wordsOf(id)) }))];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

export const kindChoices = (chosen: string): Choice[] => choicesOf(KINDS, chosen, "All kinds");
export const actionChoices = (chosen: string): Choice[] => choicesOf(ACTIONS, chosen, "All actions");
