// JSON of any size.
export { JsonView, type JsonViewProps } from "./json-view";
export { NumberText, parseJson, printJson } from "./lossless";
