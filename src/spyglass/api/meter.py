"""Counts every HTTP request by the template of its route, never by its path: the numbers must stay few. Plain
ASGI, around everything else, because every request pays for it (about two microseconds).
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from spyglass.core.clock import monotonic_s
from spyglass.core.counting import Histogram

OTHER = "other"  # a path that no route has, or a method that HTTP does not know
ABORTED = "aborted"  # the client went away before it got an answer

_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_CLASSES = (OTHER, "1xx", "2xx", "3xx", "4xx", "5xx")
_DURATION_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class HttpStats:
    """Requests since the process began. Changed by the event loop only; others may read at any time."""

    def __init__(self) -> None:
        self.in_progress = 0
        self.requests: dict[tuple[str, str, str], int] = {}  # route, method, class of status
        self.durations: dict[tuple[str, str], Histogram] = {}  # route, method

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """`status` 0: there was no answer."""
        method = method if method in _METHODS else OTHER
        place = (route, method, (_CLASSES[status // 100] if status < 600 else OTHER) if status else ABORTED)
        self.requests[place] = self.requests.get(place, 0) + 1
        durations = self.durations.get(place[:2])
        if durations is None:
            durations = self.durations[place[:2]] = Histogram(_DURATION_S)
        durations.observe(seconds)


class Meter:
    def __init__(self, app: ASGIApp, stats: HttpStats) -> None:
        self._app = app
        self._stats = stats

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 0

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        stats = self._stats
        stats.in_progress += 1
        began_s = monotonic_s()
        try:
            await self._app(scope, receive, send_and_look)
        finally:
            stats.in_progress -= 1
            # The router leaves what it chose in the scope.
            route = getattr(scope.get("route"), "path_format", OTHER)
            stats.count(route, scope["method"], status, monotonic_s() - began_s)
