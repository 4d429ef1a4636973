// Everything about addresses.
export {
  type Codec,
  type Field,
  flag,
  integer,
  list,
  oneOf,
  optional,
  readState,
  text,
  writeState,
} from "./codec";
export { idOf, paths, safeNext } from "./paths";
export { parseSearch, type Search, stringifySearch } from "./search";
export { readSearch } from "./short";
export { loadShort, shortSearch, useShortAddress } from "./short-address";
export { type How, type SetUrlState, useGo, usePathId, useUrlState, withBase } from "./use-url-state";
