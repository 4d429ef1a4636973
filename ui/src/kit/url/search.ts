// The query part of an address. Every parameter is a string and stays one: the router's own serialiser would read
// a 16-digit id as a number and round it.

export type Search = Record<string, string>;

function decode(text: string): string {
  const spaced = text.replaceAll("+", " ");
  try {
    return decodeURIComponent(spaced);
  } catch {
    // A broken escape in a hand-made link: keep the rest readable instead of failing.
    return spaced.replace(/(%[0-9a-f]{2})+/gi, (bytes) => {
      try {
        return decodeURIComponent(bytes);
      } catch {
        return bytes;
      }
    });
  }
}

/** Reads "?a=1&b=x+y". Never throws; of a repeated parameter the first counts. */
export function parseSearch(text: string): Search {
  const search: Search = {};
  for (const pair of text.replace(/^\?/, "").split("&")) {
    if (!pair) continue;
    const cut = pair.indexOf("=");
    const name = decode(cut < 0 ? pair : pair.slice(0, cut));
    if (name === "__proto__" || Object.hasOwn(search, name)) continue;
    search[name] = cut < 0 ? "" : decode(pair.slice(cut + 1));
  }
  return search;
}

// Legal in a query and pleasant to read in `q` and `range`.
const READABLE = /%(?:3A|2F|2C|40|24|3B)/g;

/** Half a surrogate pair has no encoding; it becomes the replacement character. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}

function encode(text: string): string {
  return encodeURIComponent(wellFormed(text))
    .replace(READABLE, (escaped) => decodeURIComponent(escaped))
    .replaceAll("%20", "+");
}

/** Writes "?a=1&b=x+y", or "" when there is nothing. Left out: undefined and null; kept: the empty string. */
export function stringifySearch(search: Record<string, unknown>): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(search)) {
    if (value !== undefined && value !== null) pairs.push(`${encode(name)}=${encode(String(value))}`);
  }
  return pairs.length > 0 ? `?${pairs.join("&")}` : "";
}
