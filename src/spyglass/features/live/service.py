"""One stream of events: `hello`, then what came since `Last-Event-ID` (or `reset` where that is not known any more),
then each message as it is published, and a comment now and then so that nobody takes the connection for dead.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import msgspec

from spyglass.api.state import AppState
from spyglass.core.clock import monotonic_s
from spyglass.core.errors import RateLimited, SpyglassError, Unavailable
from spyglass.ingest.live import Message

HEARTBEAT_S = 15.0
CHECK_S = 30.0
MOST_OF_ONE = 100
MOST = 1000

_LOOK_S = 1.0
_RETRY_MS = 2000

_encode = msgspec.json.Encoder().encode


class Seats:
    """How many streams there are, and whose. Used by the event loop only."""

    def __init__(self) -> None:
        self._taken: Counter[str] = Counter()

    @contextmanager
    def taken(self, who: str) -> Iterator[bool]:
        """Whether there was room: of many that begin at once each was told so before the others had sat down."""
        self._taken[who] += 1
        try:
            yield self._taken[who] <= MOST_OF_ONE and self._taken.total() <= MOST
        finally:
            self._taken[who] -= 1
            if not self._taken[who]:
                del self._taken[who]

    def check(self, who: str) -> None:
        """Raises `RateLimited` or `Unavailable` where there is no room for one more."""
        if self._taken[who] >= MOST_OF_ONE:
            raise RateLimited(f"No more than {MOST_OF_ONE} live streams at once")
        if self._taken.total() >= MOST:
            raise Unavailable("Too many live streams are open")


SEATS = Seats()


async def stream(
    state: AppState,
    project_id: str,
    topics: Sequence[str],
    last_id: str | None,
    recheck: Callable[[], Awaitable[object]],
) -> AsyncGenerator[bytes]:
    """The bytes of the stream. It ends when the server stops, or when `recheck` raises what trying again cannot
    help: the session is over, the key revoked, the role taken away."""
    woken = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(woken.set)

    subscription, known, cursor = state.live.subscribe(project_id, last_id, wake)
    if last_id is not None:
        woken.set()
    try:
        yield f"retry: {_RETRY_MS}\n".encode() + _event("hello", {"cursor": cursor}, cursor)
        if not known:
            yield _event("reset", {"cursor": cursor}, cursor)
        beat_s = checked_s = monotonic_s()
        while not state.pipeline.draining:
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), _LOOK_S)
            woken.clear()
            now_s = monotonic_s()
            if now_s - checked_s >= CHECK_S:
                checked_s = now_s
                if not await _may_go_on(recheck):
                    return
            lost, messages = subscription.take()
            if lost:
                yield _event("reset", {"cursor": cursor}, cursor)
            for message in messages:
                cursor = state.live.cursor(message.id)
                if chunk := _render(message, topics, cursor):
                    yield chunk
                    beat_s = now_s
            if now_s - beat_s >= HEARTBEAT_S:
                beat_s = now_s
                yield b": \n\n"
    finally:
        state.live.unsubscribe(project_id, subscription)


async def _may_go_on(recheck: Callable[[], Awaitable[object]]) -> bool:
    try:
        await recheck()
    except SpyglassError as error:
        return error.retryable
    return True


def _render(message: Message, topics: Sequence[str], cursor: str) -> bytes:
    """The events of a message; only the last of them has its number, so that none is skipped after a break."""
    found = [(topic, about) for topic in topics if (about := message.news.about(topic)) is not None]
    last = len(found) - 1
    return b"".join(
        _event("message", {"topic": topic, **about}, cursor if place == last else None)
        for place, (topic, about) in enumerate(found)
    )


def _event(name: str, data: object, id_: str | None) -> bytes:
    lines = [f"event: {name}".encode()] if name != "message" else []
    if id_ is not None:
        lines.append(f"id: {id_}".encode())
    # JSON of msgspec has no line breaks.
    return b"\n".join([*lines, b"data: " + _encode(data)]) + b"\n\n"
