// Addresses that are too long for proxies: the state is stored on the server, and the address is `?s=<short id>`. What an
// id stands for is kept here, once it is known.
import { parseSearch, type Search } from "./search";

/** Characters of the query of an address; proxies cut addresses at 8 kB. */
export const LONGEST = 4_000;

const states = new Map<string, string>();

/** `state`: the query that the id stands for. */
export function rememberShort(id: string, state: string): void {
  states.set(id, state);
}

/** The id of an address whose state is not known yet. */
export function unknownShort(search: string): string | undefined {
  const { s } = parseSearch(search);
  return s === undefined || s === "" || states.has(s) ? undefined : s;
}

/** The parameters of an address; those that stand beside a short id win over what it stands for. */
export function readSearch(search: string): Search {
  const given = parseSearch(search);
  const state = given.s === undefined ? undefined : states.get(given.s);
  if (state === undefined) return given;
  const { s: _, ...own } = given;
  return { ...parseSearch(state), ...own };
}
