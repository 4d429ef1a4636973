"""Reads that end when the client goes away: nobody waits for their answer any more."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from spyglass.core.errors import Unavailable
from spyglass.stores.analytics import Analytics, Ticket

Answer = TypeVar("Answer")

_LOOK_EVERY_S = 0.25


async def read_while_connected(
    request: Request, analytics: Analytics, read: Callable[[Ticket], Answer]
) -> Answer:
    """What `read` returns. It runs in a thread and passes the ticket to its queries; when the client is gone they
    are cancelled and this raises `Unavailable`, which nobody sees."""
    ticket = Ticket()
    task = asyncio.create_task(run_in_threadpool(read, ticket))
    while not (await asyncio.wait({task}, timeout=_LOOK_EVERY_S))[0]:
        if await request.is_disconnected():
            await run_in_threadpool(analytics.cancel, ticket)
            await asyncio.wait({task})
            task.exception()
            raise Unavailable("The client went away")
    return task.result()
