"""Rate limits as values: what counts together, how much is allowed, and the windows in which it is counted.
Pure; the clock is given. Source of names and rates: contract 1.6.
"""

import math
import re
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from spyglass.core.errors import Misconfigured

_WINDOWS_S = {"second": 1, "minute": 60, "min": 60, "hour": 3600, "day": 86_400}
_RATE = re.compile(r"([a-z0-9-]+)=(?:(\d{1,9})/([a-z]+)|none)")
_SWEEP_AT = 10_000


@dataclass(frozen=True, slots=True)
class Rate:
    requests: int
    window_s: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What a limiter says to one request."""

    allowed: bool
    rate: Rate
    remaining: int
    reset_s: float  # until the window ends


class Limiter(Protocol):
    """Counts requests. One that is shared between processes may raise `Unavailable`; the request then passes."""

    def take(self, organization_id: str, resource: str) -> Answer | None:
        """Count a request; None where there is no limit."""
        ...


# What is counted together, and how much of it an organization may do when limits are on.
DEFAULT_RATES: dict[str, Rate] = {
    "ingestion": Rate(20_000, 60),
    "media-upload": Rate(20_000, 60),
    "legacy-ingestion": Rate(400, 60),
    "public-api": Rate(1000, 60),
    "public-api-legacy": Rate(100, 60),
    "datasets": Rate(1000, 60),
    "annotation-queues": Rate(1000, 60),
    "public-api-metrics": Rate(2000, 86_400),
    "public-api-v2-metrics": Rate(500, 3600),
    "public-api-daily-metrics-legacy": Rate(200, 86_400),
    "trace-delete": Rate(1000, 86_400),
    "score-delete": Rate(1000, 86_400),
    "feedback": Rate(20, 86_400),
}


def parse_rates(texts: Iterable[str]) -> dict[str, Rate | None]:
    """`<resource>=<count>/<second|minute|hour|day>`, or `<resource>=none` for no limit. Raises `Misconfigured`."""
    found: dict[str, Rate | None] = {}
    for text in texts:
        match = _RATE.fullmatch(text.replace(" ", ""))
        if match is None or match[1] not in DEFAULT_RATES or (match[3] or "day") not in _WINDOWS_S:
            raise Misconfigured(
                f"The rate limit {text!r} must be <resource>=<count>/<{'|'.join(_WINDOWS_S)}> or <resource>=none, "
                f"with a resource of {', '.join(DEFAULT_RATES)}"
            )
        found[match[1]] = Rate(int(match[2]), _WINDOWS_S[match[3]]) if match[2] else None
    return found


class WindowLimiter:
    """Counts in the memory of this process. The window of an organization and a resource begins with its first
    request. Thread-safe; bounded by sweeping out windows that have ended."""

    def __init__(self, rates: dict[str, Rate | None], clock_s: Callable[[], float]) -> None:
        self._rates = {**DEFAULT_RATES, **rates}
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}  # -> (end, count)
        self._sweep_at = _SWEEP_AT

    def take(self, organization_id: str, resource: str) -> Answer | None:
        rate = self._rates.get(resource)
        if rate is None:
            return None
        key = (organization_id, resource)
        now_s = self._clock_s()
        with self._lock:
            end_s, count = self._windows.get(key, (0.0, 0))
            if now_s >= end_s:
                end_s, count = now_s + rate.window_s, 0
            allowed = count < rate.requests
            self._windows[key] = (end_s, count + allowed)
            if len(self._windows) > self._sweep_at:
                self._sweep(now_s)
        return Answer(allowed, rate, max(0, rate.requests - count - 1), end_s - now_s)

    def _sweep(self, now_s: float) -> None:
        self._windows = {key: window for key, window in self._windows.items() if window[0] > now_s}
        self._sweep_at = max(_SWEEP_AT, 2 * len(self._windows))


def retry_after_s(answer: Answer) -> int:
    """Whole seconds after which a request passes again."""
    return max(1, math.ceil(answer.reset_s))
