// Texts, reasoning, refusals and citations.
import type { CitationPart, Part } from "../types";
import { compact, isEmpty, isRecord, isText, Reader } from "./fields";
import { keepRest, readText, within, type PartContext, type PartReader } from "./context";

const text: PartReader = (fields, context) => {
  const held = fields.value["text"] ?? fields.value["Text"];
  const found = isRecord(held)
    ? (fields.drop("text"), textOfAssistant(held, context)) // OpenAI Assistants: {value, annotations}
    : fields.text("text", "Text", "content");
  if (found === undefined) return null;
  if (fields.value["thought"] === true) return [{ type: "reasoning", text: (fields.drop("thought"), found) }];
  return [...readText(found), ...citations(fields, context)];
};

function textOfAssistant(held: Record<string, unknown>, context: PartContext): string | undefined {
  const inner = new Reader(held);
  const found = inner.text("value");
  keepRest(inner, within(context, ".text"));
  return found;
}

/** What the text leans on: OpenAI annotations, Anthropic citations. */
function citations(fields: Reader, context: PartContext): Part[] {
  return ["annotations", "citations"].flatMap((key) => {
    const list = fields.value[key];
    if (!Array.isArray(list)) return [];
    fields.drop(key);
    return list.flatMap((item: unknown, index) => {
      const at = within(context, `.${key}[${index}]`);
      return isRecord(item) ? readCitation(new Reader(item), at) : [{ type: "json" as const, value: item }];
    });
  });
}

export function readCitation(fields: Reader, context: PartContext): Part[] {
  const nested = fields.record("url_citation", "file_citation");
  const inner = nested ? new Reader(nested) : fields;
  const part: CitationPart = compact({
    type: "citation" as const,
    title: inner.text("title", "document_title", "filename", "name"),
    url: inner.text("url", "uri", "source"),
    text: inner.text("cited_text", "quote", "text", "snippet"),
  });
  fields.drop("type");
  if (nested) keepRest(inner, context);
  keepRest(fields, context);
  return [part];
}

const source: PartReader = (fields) => [
  compact({
    type: "citation" as const,
    title: fields.text("title", "filename"),
    url: fields.text("url", "uri"),
  }),
];

const searchResult: PartReader = (fields, context) => {
  const content = fields.get("content");
  const texts = Array.isArray(content)
    ? content.map((piece) => (isRecord(piece) && isText(piece["text"]) ? piece["text"] : null))
    : [];
  if (texts.includes(null)) context.rest[`${context.path}.content`] = content;
  return [
    compact({
      type: "citation" as const,
      title: fields.text("title"),
      url: fields.text("source", "url"),
      text: texts.filter(isText).join("\n\n") || fields.text("page_content", "text"),
    }),
  ];
};

const thinking: PartReader = (fields) => {
  const pieces = partTexts(fields, "thinking"); // Mistral gives a list
  if (pieces.length > 0) return [{ type: "reasoning", text: pieces.join("") }];
  const found = fields.text("thinking", "reasoning", "text", "content");
  if (found !== undefined) {
    return found === "" && fields.has("signature") ? [redacted] : [{ type: "reasoning", text: found }];
  }
  return fields.has("signature") ? [redacted] : null;
};

const redacted: Part = { type: "reasoning", text: "", redacted: true };

/** OpenAI Responses keeps the chain of thought and gives a summary; others put a text here. */
const reasoning: PartReader = (fields) => {
  const summary = partTexts(fields, "summary");
  const content = partTexts(fields, "content");
  const plain = fields.text("text", "reasoning", "content", "data", "Text");
  const parts: Part[] = [
    ...summary.map((found): Part => ({ type: "reasoning", text: found, summary: true })),
    ...content.map((found): Part => ({ type: "reasoning", text: found })),
    ...(plain === undefined ? [] : [{ type: "reasoning", text: plain } satisfies Part]),
  ];
  return parts.length > 0 ? parts : [redacted];
};

function partTexts(fields: Reader, key: string): string[] {
  const list = fields.value[key];
  if (!Array.isArray(list)) return [];
  const texts = list.map((item: unknown) =>
    isText(item) ? item : isRecord(item) && isText(item["text"]) ? item["text"] : undefined,
  );
  if (!texts.every(isText)) return [];
  fields.drop(key);
  return texts;
}

const refusal: PartReader = (fields) => {
  const found = fields.text("refusal", "text", "content");
  return found === undefined ? null : [{ type: "refusal", text: found }];
};

/** Pieces that only mark a place. */
const mark: PartReader = (fields) => (isEmpty(fields.rest()) ? [] : null);

const errorText: PartReader = (fields) => {
  const found = fields.text("message", "text", "error");
  return found === undefined ? null : [{ type: "text", text: found }];
};

const withoutText: PartReader = () => [redacted];

export const textReaders: Record<string, PartReader> = {
  text,
  input_text: text,
  output_text: text,
  "text-plain": text,
  textcontent: text,
  summary_text: text,
  plain_text: text,
  system_prompt: text,
  "system-prompt": text,
  "user-prompt": text,
  thinking,
  thinking_delta: thinking,
  redacted_thinking: withoutText,
  "redacted-reasoning": withoutText,
  reasoning,
  textreasoning: reasoning,
  reasoning_text: reasoning,
  reasoning_content: reasoning,
  reasoningcontent: reasoning,
  "reasoning.text": reasoning,
  "reasoning.summary": (fields) => {
    const found = fields.text("summary", "text");
    return found === undefined ? null : [{ type: "reasoning", text: found, summary: true }];
  },
  "reasoning.encrypted": withoutText,
  refusal,
  citation: (fields, context) => readCitation(fields, context),
  source,
  "source-url": source,
  "source-document": source,
  web_search_result: searchResult,
  search_result: searchResult,
  document_result: searchResult,
  "step-start": mark,
  "step-finish": mark,
  error: errorText,
  "error-text": errorText,
};
