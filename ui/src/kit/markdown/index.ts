// Markdown that may have been written by anybody.
export { CodeBlock } from "./code-block";
export { hostOf, safeHref } from "./links";
export { Markdown, type MarkdownProps, PlainText } from "./markdown";
