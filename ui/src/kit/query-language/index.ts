// The query language of `q`: parse, print, toApi, complete, and the edits that facets and cells make.
export type * from "./ast";
export type { Field, FieldSet, FieldType } from "./fields";
export { fieldSet, isNumeric } from "./fields";
export type { Leaf, Node, Plain } from "./node";
export { both } from "./node";
export { parse } from "./parse";
export { print, printField, printTerm, printValue, quote } from "./print";
export { toApi } from "./to-api";
export {
  choiceOf,
  choose,
  filterFor,
  filterOut,
  isAdvanced,
  isOn,
  removeTerm,
  setChoice,
  setField,
  valueOf,
} from "./edit";
export type { Choice } from "./edit";
export { matches } from "./match";
export { fromLegacyFilter } from "./legacy";
export { parseAge, parseInstant, parseNumber } from "./units";
