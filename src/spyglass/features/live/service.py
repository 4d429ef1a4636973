"""One stream of events: `hello`, then what came since `Last-Event-ID` (or `reset` where that is not known any more),
then each message as it is published, `alone` when the news of other processes stop or come again, and a comment now
and then so that nobody takes the connection for dead.
"""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager, suppress

import msgspec
from starlette.concurrency import run_in_threadpool

from spyglass.api.state import AppState
from spyglass.core.clock import monotonic_s
from spyglass.core.errors import RateLimited, SpyglassError, Unavailable
from spyglass.ingest.live import Message
from spyglass.stores.meta.tables.revisions import API_KEYS, PEOPLE

HEARTBEAT_S = 15.0
CHECK_S = 30.0
CHECK_AGAIN_S = 2.0  # after a change: what a process remembers of sessions and keys is up to a second old
MOST_OF_ONE = 100
MOST = 1000

_LOOK_S = 1.0
_RIGHTS = (PEOPLE, API_KEYS)
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
    help: the session is over, the key revoked, the role taken away. That is asked as soon as any session, role or key
    changes - at once for a change in this process, within a second or two for others - and every `CHECK_S`."""
    woken = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wake() -> None:
        if not loop.is_closed():
            loop.call_soon_threadsafe(woken.set)

    right = _Right(state, recheck)
    subscription, known, cursor = state.live.subscribe(project_id, last_id, wake)
    if last_id is not None:
        woken.set()
    try:
        yield f"retry: {_RETRY_MS}\n".encode() + _event("hello", {"cursor": cursor}, cursor)
        if not known:
            yield _event("reset", {"cursor": cursor}, cursor)
        alone = False
        beat_s = monotonic_s()
        while not state.pipeline.draining:
            with suppress(TimeoutError):
                await asyncio.wait_for(woken.wait(), _LOOK_S)
            woken.clear()
            now_s = monotonic_s()
            if not await right.stands(now_s):
                return
            if alone != state.live.alone:
                alone = not alone
                yield _event("alone", {"on": alone}, None)
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


class _Right:
    """To watch. It is asked again when a session ended or a role or a key was changed, here or at another process, and
    now and then."""

    def __init__(self, state: AppState, recheck: Callable[[], Awaitable[object]]) -> None:
        self._meta = state.stores.meta
        self._recheck = recheck
        self._seen: list[tuple[int, int]] = []  # so the first look asks: it may have ended on the way here
        self._check_at_s = 0.0

    async def stands(self, now_s: float) -> bool:
        found = await self._revisions()
        if found == self._seen and now_s < self._check_at_s:
            return True
        self._check_at_s = now_s + (CHECK_S if found == self._seen else min(CHECK_S, CHECK_AGAIN_S))
        self._seen = found
        try:
            await self._recheck()
        except SpyglassError as error:
            return error.retryable
        return True

    async def _revisions(self) -> list[tuple[int, int]]:
        known = [self._meta.known_revision(name, "") for name in _RIGHTS]
        found = [each for each in known if each is not None]
        if len(found) == len(known):
            return found
        return await run_in_threadpool(lambda: [self._meta.revision(name, "") for name in _RIGHTS])


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
