// What of two spans is compared as text: input and output as conversation or as JSON, and what surrounds them.
import { normalize, toMarkdown, type Normalized } from "@/kit/messages";
import { canonicalText } from "@/kit/diff";
import { printJson } from "@/kit/json-view";
import type { Span } from "@/trace/types";

export type Look = "messages" | "json";
export type Field = "input" | "output";
export type Texts = Record<Field, string>;

export interface Section {
  title: string;
  a: string;
  b: string;
}

/** Reading megabytes to find that they are no messages helps nobody. */
const TRY_UP_TO = 512 << 10;

export function conversationIn(span: Span | null, texts: Texts): Normalized | null {
  if (!span || texts.input.length + texts.output.length > TRY_UP_TO) return null;
  const { scopeName, name, metadata } = span;
  const read = normalize(texts.input, texts.output, {
    scope: scopeName ?? undefined,
    spanName: name ?? undefined,
    attributes: metadata,
  });
  return read.format !== "generic" && !read.fallback && read.messages.length > 0 ? read : null;
}

/** Sections in which at least one side says something. Messages only where both sides can be read as such. */
export function sectionsOf(
  a: { span: Span | null; texts: Texts },
  b: { span: Span | null; texts: Texts },
  look: Look,
): Section[] {
  const [readA, readB] = [conversationIn(a.span, a.texts), conversationIn(b.span, b.texts)];
  const asMessages = look === "messages" && (readA ?? !a.span) && (readB ?? !b.span);
  const body = (side: { texts: Texts }, read: Normalized | null, field: Field): string =>
    asMessages && read
      ? toMarkdown(read.messages.filter(({ side: of }) => of === field))
      : canonicalText(side.texts[field]);
  const sections: Section[] = [
    { title: "Input", a: body(a, readA, "input"), b: body(b, readB, "input") },
    { title: "Output", a: body(a, readA, "output"), b: body(b, readB, "output") },
    { title: "Status message", a: a.span?.statusMessage ?? "", b: b.span?.statusMessage ?? "" },
    {
      title: "Model parameters",
      a: fieldsText(a.span?.modelParameters),
      b: fieldsText(b.span?.modelParameters),
    },
    { title: "Metadata", a: fieldsText(a.span?.metadata), b: fieldsText(b.span?.metadata) },
  ];
  return sections.filter((section) => section.a !== "" || section.b !== "");
}

/** Whether there is a choice to make between messages and JSON. */
export function hasMessages(
  a: { span: Span | null; texts: Texts },
  b: { span: Span | null; texts: Texts },
): boolean {
  const read = (side: { span: Span | null; texts: Texts }) =>
    !side.span || conversationIn(side.span, side.texts);
  return Boolean((a.span || b.span) && read(a) && read(b));
}

function fieldsText(fields: unknown): string {
  const isEmpty =
    fields === null ||
    fields === undefined ||
    (typeof fields === "object" && Object.keys(fields).length === 0);
  return isEmpty ? "" : canonicalText(typeof fields === "string" ? fields : printJson(fields));
}
