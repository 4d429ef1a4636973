// What a person pastes to name a trace: its id, or the link of any page about it.

import { idOf, parseSearch } from "@/kit/url";

export type Reference = { id: string; problem?: undefined } | { id?: undefined; problem: string };

const OF_PROJECT = /\/project\/([^/?#]+)\/traces\/([^/?#]+)(?:\?([^#]*))?/;
const OTHER = /\/(?:public\/)?traces?\/([^/?#]+)/;
/** Pages beside those of traces. */
const NO_TRACES = new Set(["compare", "setup"]);

export function readReference(typed: string, projectId: string): Reference {
  const text = typed.trim();
  if (text === "") return { problem: "Paste the id or the link of a trace." };
  const own = OF_PROJECT.exec(text);
  if (own) {
    const [, project = "", trace = "", query = ""] = own;
    if (decoded(project) !== projectId && project !== "~")
      return { problem: "This link leads to another project. Only traces of one project can be compared." };
    const id = idOf(decoded(trace), parseSearch(query));
    return id === "~" || NO_TRACES.has(trace) ? { problem: "This link leads to no trace." } : { id };
  }
  const other = OTHER.exec(text);
  if (other) return { id: decoded(other[1]!) };
  if (text.includes("://")) return { problem: "This link leads to no trace." };
  return { id: text };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
