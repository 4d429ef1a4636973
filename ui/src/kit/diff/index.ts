// What changed between two texts.
export { canonicalText } from "./canonical";
export { DiffView, type DiffViewProps } from "./diff-view";
export { diffTexts, type TextDiff } from "./text-diff";
