"""What is asked about an API and what its documentation says: prose of the demo's docs assistant."""

DOCS_SYSTEM = (
    "You answer questions of developers about the Tideline API, only from the excerpts given. Cite the "
    "page in "
    "square brackets. If the excerpts do not contain the answer, say so and name the closest page. "
    "Prefer a short "
    "code example over prose. Never invent parameters, limits or error codes. Mention the API version "
    "when an "
    "excerpt is about one version only."
)

# (page, excerpt): what the retriever finds things in.
PAGES: list[tuple[str, str]] = [
    (
        "auth/keys",
        "Every request carries an API key in the header `Tideline-Key`. Keys belong to a workspace and "
        "have "
        "scopes. A key without the scope `stations:write` gets 403 on writes.",
    ),
    (
        "auth/rotation",
        "Rotate keys with `POST /v2/keys/{id}/rotate`. Old and new secret both work for 24 hours.",
    ),
    (
        "limits",
        "The limit is 600 requests per minute and key. Answers carry `X-Remaining`; beyond the limit "
        "you get 429 "
        "with `Retry-After` in seconds. Bulk endpoints count one per 100 rows.",
    ),
    (
        "readings/query",
        "`GET /v2/readings` takes `station`, `from`, `to` and `resolution` (1m, 10m, 1h, 1d). Ranges "
        "over 31 days "
        "need a resolution of 1h or coarser.",
    ),
    (
        "readings/bulk",
        "Send up to 10,000 readings as newline-delimited JSON to `POST /v2/readings/bulk`. The answer "
        "lists the "
        "line numbers of refused rows; the others are stored.",
    ),
    (
        "webhooks",
        "Webhooks are signed with HMAC-SHA256 over timestamp and body, in the header "
        "`Tideline-Signature`. Deliveries "
        "are retried eight times over 24 hours with growing pauses.",
    ),
    (
        "webhooks/verify",
        "Compare signatures in constant time and refuse timestamps older than five minutes.",
    ),
    (
        "pagination",
        "Lists return `next`; pass it as `cursor`. Cursors are valid for one hour. There is no offset "
        "paging in v2.",
    ),
    (
        "errors",
        "Errors have `code`, `message` and `request_id`. 409 `station_exists` means that the external "
        "id is taken.",
    ),
    (
        "sdk/python",
        "`pip install tideline`; `Client(key=...)` retries 429 and 5xx three times by default, set "
        "`retries=0` to "
        "switch that off.",
    ),
    (
        "export",
        "Exports run in the background: `POST /v2/exports`, then poll `GET /v2/exports/{id}` until "
        "`state` is "
        "`done`. Files are Parquet and are kept for seven days.",
    ),
    (
        "alerts",
        "An alert has a condition over a window, for example `avg(level, 10m) > 4.2`. It fires once and "
        "again only "
        "after the condition was false for one window.",
    ),
]

# (question, pages that answer it, answer)
QUESTIONS: list[tuple[str, list[int], str]] = [
    (
        "How do I rotate an API key without downtime?",
        [1, 0],
        "Call `POST /v2/keys/{id}/rotate`; the old and the new secret both work for 24 hours, so roll "
        "the new one "
        "out within that time [auth/rotation].",
    ),
    (
        "I get 429 when importing history, what is the limit?",
        [2, 4],
        "600 requests per minute and key, with `Retry-After` on 429 [limits]. Use `POST "
        "/v2/readings/bulk`, which "
        "takes 10,000 readings per call and counts one per 100 rows [readings/bulk].",
    ),
    (
        "Can I fetch a year of data at 10 minute resolution?",
        [3, 10],
        "Not in one query: ranges over 31 days need `1h` or coarser [readings/query]. Ask month by "
        "month, or start "
        "an export, which gives Parquet files [export].",
    ),
    (
        "how to verify webhook signatures in node",
        [5, 6],
        "Compute HMAC-SHA256 over timestamp and body, compare in constant time with "
        "`Tideline-Signature`, and refuse "
        "timestamps older than five minutes [webhooks] [webhooks/verify]:\n\n```js\ncrypto.timingSafeEqual("
        "expected, given)\n```",
    ),
    (
        "What does 409 mean on POST /stations?",
        [8],
        "`station_exists`: the external id is taken already [errors]. Use the existing station or "
        "another id.",
    ),
    (
        "does the python client retry by itself?",
        [9, 2],
        "Yes, 429 and 5xx three times; `Client(key=..., retries=0)` switches it off [sdk/python].",
    ),
    (
        "offset parameter for lists?",
        [7],
        "There is none in v2: pass the `next` of an answer as `cursor`, within one hour [pagination].",
    ),
    (
        "Why does my alert not fire again?",
        [11],
        "It fires once, and again only after its condition was false for a whole window [alerts].",
    ),
    (
        "Is there a GraphQL endpoint?",
        [3, 8],
        "The excerpts do not mention one. The closest page is [readings/query], which describes the "
        "REST query.",
    ),
    (
        "My key gets 403 when I create a station but GET works",
        [0],
        "The key lacks the scope `stations:write` [auth/keys]. Add it to the key or use another one.",
    ),
]

VERDICTS: list[tuple[float, str]] = [
    (0.97, "Complete, correct and cited."),
    (0.92, "Correct; one citation could be more precise."),
    (0.85, "Correct but longer than needed."),
    (0.74, "Mostly right, misses the 31 day limit."),
    (0.58, "Answers a neighbouring question."),
    (0.31, "States a limit that is not in the excerpts."),
]
