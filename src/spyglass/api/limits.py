"""Rate limits of the API: off unless configured. `Requires` (callers.py) asks once it knows the organization,
and who is refused gets a 429 that clients know (contract 1.6).
"""

import logging
from dataclasses import dataclass
from typing import Any

from spyglass.core.clock import from_us, iso_ms, monotonic_s, now_us
from spyglass.core.errors import RateLimited, Unavailable
from spyglass.core.limits import Answer, Limiter, WindowLimiter, parse_rates, retry_after_s
from spyglass.core.options import option

log = logging.getLogger(__name__)

INGESTION, _LEGACY_INGESTION, _MEDIA = "ingestion", "legacy-ingestion", "media-upload"
_LEGACY, _DATASETS, _QUEUES = "public-api-legacy", "datasets", "annotation-queues"
_UNLIMITED = ""

# The first part of a path below /api/public -> what its requests count as; with a method, only those.
_BY_PART: dict[str | tuple[str, str], str] = {
    "ingestion": INGESTION,
    "otel": INGESTION,
    "media": _MEDIA,
    ("GET", "media"): "public-api",
    "spans": _LEGACY_INGESTION,
    "generations": _LEGACY_INGESTION,
    "events": _LEGACY_INGESTION,
    ("POST", "traces"): _LEGACY_INGESTION,
    ("GET", "traces"): _LEGACY,
    ("DELETE", "traces"): "trace-delete",
    ("GET", "observations"): _LEGACY,
    ("GET", "sessions"): _LEGACY,
    ("DELETE", "scores"): "score-delete",
    "datasets": _DATASETS,
    "v2/datasets": _DATASETS,
    "dataset-items": _DATASETS,
    "dataset-run-items": _DATASETS,
    "annotation-queues": _QUEUES,
    "metrics": "public-api-metrics",
    "metrics/daily": "public-api-daily-metrics-legacy",
    "v2/metrics": "public-api-v2-metrics",
    "feedback": "feedback",
    "prompts": _UNLIMITED,
    "v2/prompts": _UNLIMITED,
    ("GET", "projects"): _UNLIMITED,
}
_PREFIX = "/api/public/"
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True)
class Config:
    """How many requests an organization may make."""

    enabled: bool = option(False, "Whether requests are limited, per organization and kind of request")
    rates: tuple[str, ...] = option(
        (),
        "Other rates than the default ones, as in `public-api=1000/minute, trace-delete=none`. Every process "
        "counts for itself",
    )


class LimitReached(RateLimited):
    """429 with what the client has to know; its body is of another form than those of other errors."""

    def __init__(self, resource: str, answer: Answer) -> None:
        wait_s = retry_after_s(answer)
        super().__init__(
            f"Rate limit of {answer.rate.requests} requests per {answer.rate.window_s} seconds reached "
            f"for {resource}; try again in {wait_s} seconds"
        )
        reset_us = now_us() + int(answer.reset_s * 1_000_000)
        self.headers = {
            "retry-after": str(wait_s),
            "x-ratelimit-limit": str(answer.rate.requests),
            "x-ratelimit-remaining": str(answer.remaining),
            "x-ratelimit-reset": javascript_date(reset_us),
        }
        self.body: dict[str, Any] = {
            "message": self.message,
            "code": "rate_limited",
            "details": {
                "retryAfterSeconds": wait_s,
                "limit": answer.rate.requests,
                "remaining": answer.remaining,
                "resetAt": iso_ms(reset_us),
            },
        }


def make_limiter(config: Config) -> Limiter | None:
    """None when limits are off: then nothing is counted. Raises `Misconfigured`."""
    rates = parse_rates(config.rates)
    return WindowLimiter(rates, monotonic_s) if config.enabled else None


def resource_of(method: str, path: str) -> str:
    """What a request counts as; empty for what is never limited."""
    if path == "/v1/traces":
        return INGESTION
    if not path.startswith(_PREFIX):
        return _UNLIMITED
    first, _, rest = path[len(_PREFIX) :].partition("/")
    second = rest.partition("/")[0]
    for part in (f"{first}/{second}", first):
        for key in ((method, part), part):
            found = _BY_PART.get(key)
            if found is not None:
                return found
    return "public-api"


def check_limit(limiter: Limiter, organization_id: str, resource: str) -> None:
    """Count a request and raise `LimitReached` when it is one too many. A limiter that fails lets it pass."""
    if not organization_id or not resource:
        return
    try:
        answer = limiter.take(organization_id, resource)
    except Unavailable as error:
        log.warning("rate limits cannot be checked, the request passes: %s", error.message)
        return
    if answer is not None and not answer.allowed:
        raise LimitReached(resource, answer)


def javascript_date(value_us: int) -> str:
    """As `String(new Date())` in UTC: `Thu Jan 01 2026 00:00:00 GMT+0000 (Coordinated Universal Time)`.

    Rounded up to whole seconds, so that it is never before the reset."""
    moment = from_us(value_us + 999_999)
    day, month = _DAYS[moment.weekday()], _MONTHS[moment.month - 1]
    return f"{day} {month} {moment:%d %Y %H:%M:%S} GMT+0000 (Coordinated Universal Time)"
