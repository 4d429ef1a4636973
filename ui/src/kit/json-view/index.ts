// JSON of any size.
export { JsonSkeleton } from "./json-skeleton";
export { JsonView, type JsonViewProps } from "./json-view";
export { NumberText, parseJson, printJson } from "./lossless";
