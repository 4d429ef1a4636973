// Where things are. Ids are percent-encoded once, here, and may hold anything.
import { type Search, stringifySearch, wellFormed } from "./search";

type Query = Record<string, string | undefined>;

const part = (id: string): string => encodeURIComponent(wellFormed(id));
const make = (path: string, query?: Query): string => path + stringifySearch(query ?? {});

// What cannot stand in a path, as an id, stands in the query: browsers take the dots for steps through folders, however
// they are encoded, and the words are pages beside those of traces.
const TAKEN = /^(?:\.{1,2}|compare|setup)$/;
const STAND_IN = "~";

/** The path of what has this id, below a folder. */
const below = (folder: string, id: string, query?: Query): string =>
  TAKEN.test(id) ? make(`${folder}/${STAND_IN}`, { id, ...query }) : make(`${folder}/${part(id)}`, query);

/** The id of an address: that of its path, or where a stand-in is there, that of its query. */
export function idOf(inPath: string, search: Search): string {
  return inPath === STAND_IN && TAKEN.test(search.id ?? "") ? search.id! : inPath;
}

/** Paths of the application, without the prefix that the server is mounted at. */
export const paths = {
  home: (project: string, query?: Query) => make(`/project/${part(project)}`, query),
  setup: (project: string) => `/project/${part(project)}/setup`,
  traces: (project: string, query?: Query) => make(`/project/${part(project)}/traces`, query),
  trace: (project: string, trace: string, query?: Query) =>
    below(`/project/${part(project)}/traces`, trace, query),
  /** Without `b` the page asks for it. */
  compare: (project: string, a: string, b?: string) =>
    make(`/project/${part(project)}/traces/compare`, { a, b: b || undefined }),
  /** For whoever has the link, once the trace is published. */
  published: (trace: string, query?: Query) => below("/public/traces", trace, query),
  /** Of whichever project. */
  anyTrace: (trace: string) => below("/trace", trace),
  observations: (project: string, query?: Query) => make(`/project/${part(project)}/observations`, query),
  sessions: (project: string, query?: Query) => make(`/project/${part(project)}/sessions`, query),
  session: (project: string, session: string, query?: Query) =>
    below(`/project/${part(project)}/sessions`, session, query),
  users: (project: string, query?: Query) => make(`/project/${part(project)}/users`, query),
  user: (project: string, user: string, query?: Query) =>
    below(`/project/${part(project)}/users`, user, query),
  scores: (project: string, query?: Query) => make(`/project/${part(project)}/scores`, query),
  settings: (project: string, page: string, query?: Query) =>
    make(`/project/${part(project)}/settings/${page}`, query),
  organization: (organization: string) => `/organization/${part(organization)}`,
  newProject: (organization: string) => `/organization/${part(organization)}/setup`,
  organizationSettings: (organization: string, page: string, query?: Query) =>
    make(`/organization/${part(organization)}/settings/${page}`, query),
  account: (page: string) => `/account/${page}`,
  // The root is where signing in leads anyway.
  signIn: (next?: string) => make("/auth/sign-in", { next: next === "/" ? undefined : next }),
  invitation: (token: string) => `/auth/invite/${part(token)}`,
  picker: () => "/?all=1",
};

/** A same-origin path to return to, or "/" for anything else: never another site. */
export function safeNext(next: string | undefined): string {
  // A second slash, a backslash or a control character would let a browser read another host.
  if (!next || !/^\/(?![/\\])[^\p{Cc}\\]*$/u.test(next)) return "/";
  return next.startsWith("/auth/") && !next.startsWith("/auth/invite/") ? "/" : next;
}
