// The one kind of error that a call of the server can end with.

export interface ErrorFacts {
  status: number;
  message: string;
  code?: string;
  hint?: string;
  requestId?: string;
  /** Messages by field of the sent body. */
  fields?: Record<string, string>;
  /** Seconds to wait, of a 429 or 503. */
  retryAfter?: number;
  /** The whole body, for callers that need more of it (a 409 returns both sides). */
  body?: unknown;
}

export class ApiError extends Error {
  override readonly name = "ApiError";
  /** HTTP status; 0 when no answer came. */
  readonly status: number;
  readonly code?: string;
  readonly hint?: string;
  readonly requestId?: string;
  readonly fields?: Record<string, string>;
  readonly retryAfter?: number;
  readonly body?: unknown;

  constructor(facts: ErrorFacts) {
    super(facts.message);
    this.status = facts.status;
    this.code = facts.code;
    this.hint = facts.hint;
    this.requestId = facts.requestId;
    this.fields = facts.fields;
    this.retryAfter = facts.retryAfter;
    this.body = facts.body;
  }

  /** No answer at all: the server is down or the network is. */
  get isOffline(): boolean {
    return this.status === 0;
  }

  /** Asking again may help. */
  get isPassing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

const WORDS: Record<number, string> = {
  0: "The server does not answer.",
  401: "You are signed out.",
  403: "Your role does not allow this.",
  404: "This is not here, or not yours to see.",
  409: "Somebody else changed this in the meantime.",
  413: "The query is too large.",
  429: "Too many requests.",
  502: "The server does not answer.",
  503: "The server is not ready.",
  504: "The query took too long.",
};

const HINTS: Record<number, string> = {
  0: "Check your connection; the page goes on by itself when the server is back.",
  413: "Narrow the time range.",
  504: "Narrow the time range.",
};

const str = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

function fieldsOf(value: unknown): Record<string, string> | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const entries = Object.entries(value).map(([name, message]) => [name, String(message)] as const);
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

interface Issue {
  path: (string | number)[];
  message: string;
}

/** Public routes say what is wrong with a body in a list under `error`. */
function issuesOf(value: unknown): Issue[] {
  if (!Array.isArray(value)) return [];
  return (value as Partial<Issue>[]).filter(
    (each): each is Issue => Array.isArray(each?.path) && typeof each.message === "string",
  );
}

/** What an error answer says; a body that is not ours (a proxy's page) counts by its status. */
export function errorFrom(status: number, bodyText: string, headers: Headers = new Headers()): ApiError {
  let body: unknown;
  try {
    body = JSON.parse(bodyText);
  } catch {
    body = undefined;
  }
  const said = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const issues = issuesOf(said.error);
  const named = issues.filter(({ path }) => path.length > 0);
  const wait = Number(headers.get("Retry-After"));
  return new ApiError({
    status,
    message:
      str(
        issues.map(({ path, message }) => [path.join("."), message].filter(Boolean).join(": ")).join("; "),
      ) ??
      str(said.message) ??
      WORDS[status] ??
      (status >= 500 ? "The server failed." : "The server refused this."),
    code: str(said.code) ?? str(said.error),
    hint: str(said.hint) ?? HINTS[status],
    requestId: str(said.requestId) ?? str(headers.get("X-Request-Id")),
    fields:
      fieldsOf(said.fields) ??
      fieldsOf(Object.fromEntries(named.map(({ path, message }) => [path.join("."), message]))),
    retryAfter: Number.isFinite(wait) && wait > 0 ? wait : undefined,
    body,
  });
}

/** No answer came; `cause` is what fetch threw. */
export function offlineError(cause?: unknown): ApiError {
  const error = new ApiError({ status: 0, message: WORDS[0]!, hint: HINTS[0] });
  error.cause = cause;
  return error;
}
